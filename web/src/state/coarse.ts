import type { Ms } from '@candlewatch/api/units'
import type { Range } from '../format/when.ts'
import { type Candle, firstFrom, type Series } from './series.ts'

/** A wide range as the server's candles: several bars to a candle, so that a chart can draw them. */
export interface Coarse {
  readonly range: Range
  readonly widthMs: Ms
  readonly candles: readonly Candle[]
}

/** A range of more bars than this is drawn with the server's candles. */
export const mostBars = 3_000

/** Returns whether a range holds too many bars to draw; `oldest` is the open of the first bar that exists. */
export function isWide([from, to]: Range, intervalMs: number, oldest: number): boolean {
  return to - Math.max(from, oldest) > mostBars * intervalMs
}

/** Returns whether these candles cover a range and are neither too narrow nor too wide for it. */
export function serves(coarse: Coarse | null, series: Series, range: Range, oldest: number): coarse is Coarse {
  return reaches(coarse, series, range, oldest) && zoomOf(coarse, range) < 5
}

/** Returns whether these candles can be shown while finer ones, or bars, are on their way. */
export function mayStandIn(coarse: Coarse | null, series: Series, range: Range, oldest: number): coarse is Coarse {
  return reaches(coarse, series, range, oldest) && zoomOf(coarse, range) < 60
}

function reaches(coarse: Coarse | null, series: Series, [from, to]: Range, oldest: number): coarse is Coarse {
  const [first, newest] = [series.candles[0]?.at, series.candles.at(-1)?.at]
  if (!coarse || first === undefined || newest === undefined) return false
  // Bars that came since are taken from memory, as long as they are there.
  return coarse.range[0] <= Math.max(from, oldest) && coarse.range[1] >= Math.min(to, newest, first)
}

function zoomOf(coarse: Coarse, [from, to]: Range): number {
  return (coarse.range[1] - coarse.range[0]) / (to - from)
}

/**
 * The server's candles, the last of them made again from the bars in memory, which go on after it. Those that begin after the
 * newest shown bar are left out, and the one that holds it ends there: replayed bars must not show what came later.
 */
export function extended({ candles: all, widthMs }: Coarse, series: Series): readonly Candle[] {
  const newest = series.candles.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  const candles = all.filter(({ at }) => at <= newest)
  const last = candles.at(-1)
  const from = firstFrom(series.candles, last?.at ?? 0)
  if (!last) return candles
  const isInMemory = (series.candles[0]?.at ?? Number.POSITIVE_INFINITY) <= last.at
  // Bars that are not in memory can't be made again; but a candle that the newest bar falls into may hold what is to come.
  if (!isInMemory && last.at + widthMs <= newest) return candles
  return [...candles.slice(0, -1), ...gathered(series.candles.slice(from), widthMs, last.at)]
}

/** Merges bars into candles of `widthMs`, which open at whole multiples of it since `origin`. */
export function gathered(bars: readonly Candle[], widthMs: number, origin = 0): readonly Candle[] {
  const candles: Candle[] = []
  for (const bar of bars) {
    const at = (origin + Math.floor((bar.at - origin) / widthMs) * widthMs) as Ms
    const open = candles.at(-1)
    if (open?.at !== at) candles.push({ ...bar, at, verdict: null })
    else {
      const [high, low] = [Math.max(open.high, bar.high), Math.min(open.low, bar.low)]
      candles[candles.length - 1] = { ...open, high, low, close: bar.close, volume: open.volume + bar.volume }
    }
  }
  return candles
}
