import type { Ms } from '@candlewatch/api/units'
import type { Range } from '../format/when.ts'
import type { Candle } from './series.ts'
/** The length of each span, in milliseconds. */
export const spans = { '1d': 86_400_000, '1w': 7 * 86_400_000, '1m': 30 * 86_400_000, all: Number.POSITIVE_INFINITY }
/** How much time the chart shows, by the name of its button. */
export type Span = keyof typeof spans

/** Which part of the chart is visible, and which bar is open. */
export interface View {
  readonly span: Span
  /** The range that the reader panned or zoomed to; null follows the newest bar. */
  readonly range: Range | null
  /** How much time is visible while the newest bar is followed, if it was zoomed; otherwise the span decides. */
  readonly widthMs?: number | null
  /** The bar whose panel is open. */
  readonly selected: Ms | null
  /** The first bar that the server has, if it is older than those in memory. */
  readonly oldest?: Ms | null
}

/** The range of time that the chart shows. */
export function visibleRange(candles: readonly Candle[], view: View, intervalMs: Ms): Range {
  if (view.range) return view.range
  const first = firstKnown(candles, view)
  const last = candles.at(-1)?.at ?? 0
  const spanMs = view.widthMs ?? Math.min(spans[view.span], Math.max(last - first, 0) + 2 * intervalMs)
  // The forecast bar, its half width and some air on the right.
  const to = last + intervalMs * 1.5 + Math.max(intervalMs, spanMs * 0.018)
  // The first bars of a market would be far too wide.
  const atLeastMs = view.widthMs ?? Math.min(spans[view.span], 48 * intervalMs)
  // The span "all" begins before the first bar, whatever margin there is on the right.
  const allMs = view.span === 'all' && !view.widthMs ? to - first + intervalMs : 0
  return [to - Math.max(spanMs, atLeastMs, allMs), to]
}

/** A range of the same width around one bar; "all" becomes a week, or 60 to 500 bars where a week would be fewer or more. */
export function centreOn(at: number, candles: readonly Candle[], view: View, intervalMs: Ms): Range {
  const [from, to] = visibleRange(candles, view, intervalMs)
  const weekMs = Math.min(Math.max(spans['1w'], 60 * intervalMs), 500 * intervalMs)
  const widthMs = view.span === 'all' && !view.range && !view.widthMs ? Math.min(to - from, weekMs) : to - from
  // Near the newest bar the rest would be empty.
  const end = Math.min(at + widthMs / 2, visibleRange(candles, { ...view, range: null, widthMs: null }, intervalMs)[1])
  return ending(end, widthMs)
}

/** The chart shows at least this many bars. */
const fewestBars = 10

/**
 * Makes the visible time `times` as long; 0.5 zooms in. It zooms around `at` where that is visible, else around the middle. A view
 * that follows the newest bar keeps following it.
 */
export function zoom(times: number, at: number | null, candles: readonly Candle[], view: View, intervalMs: Ms): View {
  const [from, to] = visibleRange(candles, view, intervalMs)
  const all = visibleRange(candles, { ...view, span: 'all', range: null, widthMs: null }, intervalMs)
  const widthMs = Math.min(Math.max((to - from) * times, fewestBars * intervalMs), all[1] - all[0])
  if (!view.range) return { ...view, widthMs }
  const anchor = at !== null && at >= from && at <= to ? at : (from + to) / 2
  const end = anchor + (1 - (anchor - from) / (to - from)) * widthMs
  const now = visibleRange(candles, { ...view, range: null, widthMs }, intervalMs)[1]
  return { ...view, range: ending(Math.min(Math.max(end, all[0] + widthMs), now), widthMs) }
}

/** Limits a range, moved by hand or wheel, to where there is something to see. */
export function bounded([from, to]: Range, candles: readonly Candle[], view: View, intervalMs: Ms): Range {
  const all = visibleRange(candles, { ...view, span: 'all', range: null, widthMs: null }, intervalMs)
  if (to - from >= all[1] - all[0]) return all
  const widthMs = Math.max(to - from, fewestBars * intervalMs)
  const middle = Math.min(Math.max((from + to) / 2, all[0]), all[1])
  return ending(middle + widthMs / 2, widthMs)
}

function ending(to: number, widthMs: number): Range {
  return [to - widthMs, to]
}

/** Moves half the visible time earlier (−1) or later (1), no further than there are bars; null when that ends at the newest bar. */
export function pan(direction: 1 | -1, candles: readonly Candle[], view: View, intervalMs: Ms): Range | null {
  const [from, to] = visibleRange(candles, view, intervalMs)
  const now = visibleRange(candles, { ...view, range: null }, intervalMs)[1]
  const first = firstKnown(candles, view)
  const moveMs = Math.max((direction * (to - from)) / 2, Math.min(0, first - intervalMs - from))
  return to + moveMs >= now ? null : [from + moveMs, to + moveMs]
}

/** The open of the first bar that exists, in memory or not. */
export function firstKnown(candles: readonly Candle[], { oldest }: View): number {
  const first = candles[0]?.at ?? 0
  return Math.min(oldest ?? first, first)
}
