import { dayMs, hourMs, minuteMs, type Stream, weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** The bars that open within one width of time, as one candle. */
export interface Candle {
  /** A whole multiple of the width since 1970, UTC. */
  readonly openMs: Ms
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly bars: number
  /** How many of the bars were anomalies and feed faults, so that a wide candle hides none. */
  readonly anomalies: number
  readonly faults: number
}

/** A part of one stream, by the opens of its bars: `from` included, `to` excluded, null = no bound. */
export interface CandleRange extends Stream {
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  /** The most candles to return; 1 or more. */
  readonly points: number
}

/** The candles of a range and their width. */
export interface Candles {
  readonly widthMs: Ms
  readonly candles: readonly Candle[]
}

/** The widths that traders are used to. Beyond a week, the width is doubled. */
const usualWidths = [
  ...[1, 3, 5, 15, 30].map(n => n * minuteMs),
  ...[1, 2, 4, 6, 12].map(n => n * hourMs),
  ...[1, 2, 7].map(n => n * dayMs),
]

/** Returns the smallest width, from the bars' own interval upwards, at which at most `points` candles hold both opens. */
export function widthFor(intervalMs: Ms, firstMs: Ms, lastMs: Ms, points: number): Ms {
  const holds = (width: number) => Math.floor(lastMs / width) - Math.floor(firstMs / width) < points
  let width =
    [intervalMs, ...usualWidths.filter(usual => usual > intervalMs)].find(holds) ?? Math.max(weekMs, intervalMs)
  // No width holds both sides of 1970 in one candle.
  while (!holds(width) && width < 2 ** 50) width *= 2
  return width as Ms
}

/** The widths of the candles that are stored with the bars, so that a chart reads at most 30 rows per candle. */
export const storedWidths = (intervalMs: Ms): readonly Ms[] => (intervalMs < hourMs ? [hourMs, dayMs] : [dayMs])

/** Returns the width of the stored candles from which candles of `widthMs` can be made; null if bars are needed. */
export function storedWidthFor(widthMs: Ms, intervalMs: Ms): Ms | null {
  const fits = (stored: Ms) => stored > intervalMs && widthMs % stored === 0
  return storedWidths(intervalMs).findLast(fits) ?? null
}

/** The open of the candle that contains a moment. */
export const bucketOf = (ms: number, widthMs: Ms) => (Math.floor(ms / widthMs) * widthMs) as Ms

/** The open of the candle that contains a bar. A candle of one bar opens with it: weeks and months have no common width. */
export const candleOpen = (openMs: Ms, widthMs: Ms, intervalMs: Ms) =>
  widthMs === intervalMs ? openMs : bucketOf(openMs, widthMs)
