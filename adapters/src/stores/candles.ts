import type { Ms } from '@candlewatch/core/types'
import type { Range } from './stream.ts'

/** The bars that open within one width of time, as one. */
export interface Candle {
  /** A whole multiple of the width since 1970, UTC. */
  readonly openMs: Ms
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly bars: number
  /** How many of them alarmed, and how many were faults of the feed: what is drawn as one candle hides none. */
  readonly anomalies: number
  readonly faults: number
}

export interface CandleRange extends Omit<Range, 'limit'> {
  /** Candles at most; 1 or more. */
  readonly points: number
}

export interface Candles {
  readonly widthMs: Ms
  readonly candles: readonly Candle[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** What traders are used to; beyond a week, weeks doubled. */
const usualWidths = [
  ...[1, 3, 5, 15, 30].map(n => n * minute),
  ...[1, 2, 4, 6, 12].map(n => n * hour),
  ...[1, 2, 7].map(n => n * day),
]

/** The least width, from the bars' own interval upwards, in which no more than `points` candles hold both opens. */
export function widthFor(intervalMs: Ms, firstMs: Ms, lastMs: Ms, points: number): Ms {
  const holds = (width: number) => Math.floor(lastMs / width) - Math.floor(firstMs / width) < points
  let width = [intervalMs, ...usualWidths.filter(usual => usual > intervalMs)].find(holds) ?? Math.max(week, intervalMs)
  // No width holds both sides of 1970 in one candle.
  while (!holds(width) && width < 2 ** 50) width *= 2
  return width as Ms
}

/** Widths of the candles that are stored beside the bars: no chart then reads more than 30 rows a candle. */
export const storedWidths = (intervalMs: Ms): readonly Ms[] =>
  intervalMs < hour ? [hour as Ms, day as Ms] : [day as Ms]

/** The stored candles that those of `widthMs` can be made of; null where only bars will do. */
export function storedWidthFor(widthMs: Ms, intervalMs: Ms): Ms | null {
  const fits = (stored: Ms) => stored > intervalMs && widthMs % stored === 0
  return storedWidths(intervalMs).findLast(fits) ?? null
}

/** The open of the candle that a moment lies in. */
export const openOf = (ms: number, widthMs: Ms) => (Math.floor(ms / widthMs) * widthMs) as Ms
