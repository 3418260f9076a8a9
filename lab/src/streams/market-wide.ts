import { nth } from '@candlewatch/core/nth'
import { SortedWindow } from '@candlewatch/core/stats/sorted-window'
import { dayMs, hourMs, weekMs } from '@candlewatch/core/time'
import { firstOfEach } from './episode-counts.ts'
import type { MarketWideFigures, StreamTrace } from './stream-figures.ts'

// Robust sigmas of a move that half of the other markets must exceed.
const leastSigmas = 6
const sigmaPerMedian = 1.4826
const scaleMs = 30 * dayMs
const leastScaleBars = 100
const leastOthers = 3
const eventMs = 6 * hourMs
const toleranceMs = hourMs
// A market that closes has mornings of its own, which are no move of the whole market.
const leastPresence = 0.99

/** A stretch in which the whole market moved: closes of its first and its last bar, epoch ms. */
interface Move {
  first: number
  last: number
}

/**
 * Measures for each stream how many moves of the whole market its alarms found. A bar is market-wide when the median over
 * the *other* streams of |log return| over its own robust sigma (1.4826 × the median absolute return of the last 30 days)
 * is above 6; such bars within six hours are one event; an alarm counts from one hour before it to one hour after. Streams are compared
 * with those of their interval that trade round the clock; null for a stream with fewer than three others.
 */
export function marketWide(traces: readonly StreamTrace[]): (MarketWideFigures | null)[] {
  const sizes = traces.map(trace => (isRoundTheClock(trace) ? sizesOf(trace) : null))
  return traces.map((trace, at) => {
    const others = sizes
      .filter((_, i) => i !== at && traces[i]?.intervalMs === trace.intervalMs)
      .filter(one => one !== null)
    if (sizes[at] === null || others.length < leastOthers) return null
    const moves = movesOf(trace, others)
    const weeks = (trace.last - trace.first + trace.intervalMs) / weekMs
    return {
      events: moves.length,
      found: foundBy(trace.alarms, moves),
      foundByControl: foundBy(trace.controlAlarms, moves),
      controlPerWeek: firstOfEach(trace.controlAlarms, eventMs).length / weeks,
    }
  })
}

function isRoundTheClock({ ts, intervalMs }: StreamTrace): boolean {
  const span = (ts.at(-1) ?? 0) - (ts[0] ?? 0) + intervalMs
  return scaleMs / intervalMs >= leastScaleBars && ts.length >= (leastPresence * span) / intervalMs
}

/** |log return| in robust sigmas, by close; bars after a gap have none. */
function sizesOf({ ts, close, intervalMs }: StreamTrace): Map<number, number> {
  const window = new SortedWindow(Math.round(scaleMs / intervalMs))
  const sizes = new Map<number, number>()
  for (let i = 1; i < ts.length; i++) {
    const [now, before] = [ts[i] as number, ts[i - 1] as number]
    if (now - before !== intervalMs) continue
    const move = Math.abs(Math.log((close[i] as number) / (close[i - 1] as number)))
    const usual = window.smallest(Math.ceil(window.size / 2))
    if (window.size >= leastScaleBars && usual !== null && usual > 0) sizes.set(now, move / (sigmaPerMedian * usual))
    window.push(move)
  }
  return sizes
}

function movesOf({ ts, first, last }: StreamTrace, others: readonly ReadonlyMap<number, number>[]): Move[] {
  const moves: Move[] = []
  for (const now of ts) {
    if (now < first || now > last) continue
    const sizes = others.flatMap(one => one.get(now) ?? [])
    if (sizes.length < leastOthers || medianOf(sizes) <= leastSigmas) continue
    const open = moves.at(-1)
    if (open && now - open.last <= eventMs) open.last = now
    else moves.push({ first: now, last: now })
  }
  return moves
}

/** The mean of the two middle ones where their number is even. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return (nth(sorted, Math.ceil(half) - 1) + nth(sorted, Math.floor(half))) / 2
}

function foundBy(alarms: Float64Array, moves: readonly Move[]): number {
  return moves.filter(({ first, last }) => alarms.some(ts => ts >= first - toleranceMs && ts <= last + toleranceMs))
    .length
}
