import { closeOf, minuteMs, monthMs, weekMs } from '../time.ts'
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
