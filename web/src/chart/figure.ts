import type { Market, Verdict } from '@candlewatch/core/types'
import type { Zone } from '../format/zone.ts'
import { extended, needsCoarse, serves } from '../state/coarse.ts'
import type { State } from '../state/state.ts'
import { type Candle, firstFrom } from '../state/tape.ts'
import { firstKnown, type Range, visibleRange } from '../state/window.ts'
import { ofBoth, ofHigh, ofLow, outline } from './bands.ts'
import { type Layout, layout, margin, type Size } from './layout.ts'
import { episodeBands, ghosts, peaksOf } from './overlay.ts'
import type { Palette } from './palette.ts'
import { alarmLevel, pValues } from './strip.ts'
import { alarmMarks, band, candlesticks, line, maxPoints, nextBar, type Trace, volume } from './traces.ts'

export interface Figure {
  readonly data: readonly Trace[]
  readonly layout: Layout
}

const maxCandlesticks = 800
/** Below this a candle is a smear, and a line says more. */
const pxPerCandlestick = 1.6

/** What the chart shows of a state: fixed ranges and no more points than a redraw can bear. */
export function figure(state: State, palette: Palette, size: Size, zone: Zone = 'utc'): Figure {
  const { tape, view, intervalMs, episodes } = state
  const market: Market = state.market?.market ?? 'none:none'
  const range = visibleRange(tape.candles, view, intervalMs)
  // Half a window more on either side, so that a drag uncovers bars and not paper.
  const reachMs = (range[1] - range[0]) / 2
  const reach: Range = [range[0] - reachMs, range[1] + reachMs]
  const judged = between(tape.candles, reach)
  const coarse = coarseFor(state, range)
  const drawn = coarse ? between(coarse, reach) : judged
  const shown = coarse ? between(coarse, range) : between(tape.candles, range)
  const newest = tape.candles.at(-1)
  const next = newest && newest.at >= range[0] && newest.at < range[1] ? (newest.verdict?.next ?? null) : null
  const prices = priceRange(shown, coarse ? null : next)
  const plotPx = size.width - margin.left - margin.right
  const asCandles = shown.length <= maxCandlesticks && shown.length * pxPerCandlestick <= plotPx
  const everyBar = asCandles && !coarse
  const every = (candles: readonly Candle[]) =>
    everyBar ? 1 : Math.max(1, Math.ceil((candles.length * 2) / maxPoints))
  const bands = everyBar
    ? [
        band('High, 90 % forecast', outline(drawn, ofHigh), palette.highBand),
        band('Low, 90 % forecast', outline(drawn, ofLow), palette.lowBand),
      ]
    : [band('High and low, 90 % forecast', outline(judged, ofBoth, every(judged)), palette.highBand)]
  const gap = (prices[1] - prices[0]) * 0.03
  const alarms = peaksOf(between(tape.alarms, reach), episodes)
  const p = pValues(judged, every(judged), palette)
  return {
    data: [
      volume(drawn, coarse ? 1 : every(drawn), palette),
      ...bands,
      asCandles ? candlesticks(drawn, palette) : line(drawn, palette),
      nextBar(next, palette),
      alarmMarks(alarms, gap, palette),
      ghosts(state.rehearsal, drawn, alarms, gap, palette),
      p,
    ],
    layout: layout(
      state,
      {
        ...{ market, range, prices, shown, next, zone },
        level: alarmLevel(tape.alarms, range[1], intervalMs),
        rarest: 10 ** -Math.max(0, ...(p.y as number[])),
        behind: episodeBands(episodes, reach, range, intervalMs, palette),
      },
      palette,
      size,
    ),
  }
}

/** The server's candles where the range asks for them and they are at hand. */
function coarseFor({ tape, view, intervalMs, coarse }: State, range: Range): readonly Candle[] | null {
  const oldest = firstKnown(tape.candles, view)
  const newest = tape.candles.at(-1)?.at ?? 0
  if (!coarse || !needsCoarse(tape, range, intervalMs, oldest)) return null
  // Bars that came since are taken from memory.
  return serves(coarse, range, oldest, Math.min(newest, coarse.range[1])) ? extended(coarse, tape) : null
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
