import type { Market, Verdict } from '@candlewatch/core/types'
import { ofBoth, ofHigh, ofLow, outline } from './bands.ts'
import { type Layout, layout, margin, type Size } from './layout.ts'
import type { Palette } from './palette.ts'
import type { State } from './state.ts'
import { type Candle, firstFrom } from './tape.ts'
import { alarmMarks, band, candlesticks, line, maxPoints, nextBar, type Trace, volume } from './traces.ts'
import { type Range, visibleRange } from './window.ts'

export interface Figure {
  readonly data: readonly Trace[]
  readonly layout: Layout
}

const maxCandlesticks = 400
/** Below this a candle is a smear, and a line says more. */
const pxPerCandlestick = 1.6

/** What the chart shows of a state: fixed ranges and no more points than a redraw can bear. */
export function figure(state: State, palette: Palette, size: Size): Figure {
  const { tape, view, intervalMs } = state
  const market: Market = state.market?.market ?? 'none:none'
  const range = visibleRange(tape.candles, view, intervalMs)
  const shown = between(tape.candles, range)
  // Half a window more on either side, so that a drag uncovers bars and not paper.
  const reachMs = (range[1] - range[0]) / 2
  const drawn = between(tape.candles, [range[0] - reachMs, range[1] + reachMs])
  const next = shown.at(-1) === tape.candles.at(-1) ? (shown.at(-1)?.verdict?.next ?? null) : null
  const prices = priceRange(shown, next)
  const plotPx = size.width - margin.left - margin.right
  const asCandles = shown.length <= maxCandlesticks && shown.length * pxPerCandlestick <= plotPx
  const everyBars = asCandles ? 1 : Math.max(1, Math.ceil((drawn.length * 2) / maxPoints))
  const bands = asCandles
    ? [
        band('High, 90 % forecast', outline(drawn, ofHigh), palette.highBand),
        band('Low, 90 % forecast', outline(drawn, ofLow), palette.lowBand),
      ]
    : [band('High and low, 90 % forecast', outline(drawn, ofBoth, everyBars), palette.highBand)]
  const alarms = between(tape.alarms, [range[0] - reachMs, range[1] + reachMs])
  return {
    data: [
      volume(drawn, everyBars, palette),
      ...bands,
      asCandles ? candlesticks(drawn, palette) : line(drawn, palette),
      nextBar(next, palette),
      alarmMarks(alarms, (prices[1] - prices[0]) * 0.03, palette),
    ],
    layout: layout(state, market, range, prices, shown, next, palette, size),
  }
}

function between(candles: readonly Candle[], [from, to]: Range): readonly Candle[] {
  return candles.slice(firstFrom(candles, from), firstFrom(candles, to))
}

/** Every price in sight and its band; a band far wider than the prices (a young model) is cut off. */
function priceRange(shown: readonly Candle[], next: Verdict['next']): Range {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  let lower = least
  let upper = greatest
  for (const { low, high, verdict } of shown) {
    least = Math.min(least, low)
    greatest = Math.max(greatest, high)
    if (verdict?.low) lower = Math.min(lower, verdict.low.lower)
    if (verdict?.high) upper = Math.max(upper, verdict.high.upper)
  }
  if (next) {
    lower = Math.min(lower, next.low.lower)
    upper = Math.max(upper, next.high.upper)
  }
  if (least > greatest) return next ? [lower, upper] : [0, 1]
  const height = Math.max(greatest - least, greatest * 1e-4)
  const from = Math.max(Math.min(least, lower), least - height * 0.5)
  const to = Math.min(Math.max(greatest, upper), greatest + height * 0.5)
  return [from - (to - from) * 0.07, to + (to - from) * 0.07]
}
