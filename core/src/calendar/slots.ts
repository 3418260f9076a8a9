import { monthMs } from '../interval.ts'
import { closeOf, minuteMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'

/** How many bars fit between one that opens at `from` and one that opens at `to`. 0 where the second follows the first. */
export function slotsBetween(from: Ms, to: Ms, intervalMs: Ms): number {
  const bars = intervalMs === monthMs ? monthsBetween(from, to) : Math.round((to - from) / intervalMs)
  return Math.max(0, bars - 1)
}

function monthsBetween(from: Ms, to: Ms): number {
  const [a, b] = [new Date(from), new Date(to)]
  return 12 * (b.getUTCFullYear() - a.getUTCFullYear()) + b.getUTCMonth() - a.getUTCMonth()
}

/** The length of a cell of the record of the week: the interval, a minute where it is shorter, or what divides both it and the week. */
export function cellOf(intervalMs: Ms): Ms {
  return (intervalMs < minuteMs ? minuteMs : greatestCommonDivisor(intervalMs, weekMs)) as Ms
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Openings of absent bars that share a cell of the week: the first of them, and how many there are. */
export interface SlotGroup {
  readonly openMs: Ms
  readonly count: number
}

/**
 * The bars that could have opened after `from` and before `to`, oldest first, those of one cell together. Endless
 * where `to` is.
 */
export function* slotGroups(from: Ms, to: number, intervalMs: Ms): Generator<SlotGroup> {
  const cellMs = cellOf(intervalMs)
  // A bar half an interval late is the one that was awaited: the grid moved, none is absent.
  const end = to - intervalMs / 2
  for (let openMs = closeOf(from, intervalMs); openMs < end; ) {
    const endOfCell = openMs - (openMs % cellMs) + cellMs
    const count = intervalMs < cellMs ? Math.ceil((Math.min(endOfCell, end) - openMs) / intervalMs) : 1
    yield { openMs, count }
    openMs = count === 1 ? closeOf(openMs, intervalMs) : ((openMs + count * intervalMs) as Ms)
  }
}

/** The absent bars between two others that were expected. */
export interface ExpectedBars {
  readonly expected: number
  /** When the first of them opens; the end where there is none. */
  readonly firstExpected: Ms
  /** How many bars were asked about. */
  readonly counted: number
}

/** Counts the bars after `from` and before `to` that are expected. */
export function expectedBetween(from: Ms, to: Ms, intervalMs: Ms, expects: (openMs: Ms) => boolean): ExpectedBars {
  let [expected, counted, firstExpected] = [0, 0, to]
  for (const { openMs, count } of slotGroups(from, to, intervalMs)) {
    counted += count
    if (!expects(openMs)) continue
    if (expected === 0) firstExpected = openMs
    expected += count
  }
  return { expected, firstExpected, counted }
}

/** Returns when the first bar that is expected after `last` opens; when the next one does if none is expected within `withinMs`. */
export function nextExpected(last: Ms, withinMs: number, intervalMs: Ms, expects: (openMs: Ms) => boolean): Ms {
  for (const { openMs } of slotGroups(last, last + withinMs, intervalMs)) {
    if (expects(openMs)) return openMs
  }
  return closeOf(last, intervalMs)
}
