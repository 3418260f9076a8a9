import type { Candle } from '../state/tape.ts'

/** What there is to say something of: opens of the first and the newest bar that was judged. */
export type KnownRange = readonly [first: number, last: number]

/**
 * All that was judged, in memory or not: bars before the first that memory holds were judged if something was said of one of
 * them. null before the first verdict.
 */
export function judgedRange(candles: readonly Candle[], oldestEntry: number | null): KnownRange | null {
  const first = candles.find(({ verdict }) => verdict)
  const last = candles.at(-1)
  return first && last ? [Math.min(first.at, oldestEntry ?? first.at), last.at] : null
}
