import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Range } from '../format/when.ts'
import type { Zone } from '../format/zone.ts'
import { gathered } from '../state/coarse.ts'
import { type Candle, firstFrom } from '../state/series.ts'
import type { State } from '../state/state.ts'
import { visibleOf } from '../state/visible-range.ts'
import { averageBars } from './averages.ts'
import { ofBoth, ofHigh, ofLow, outline } from './bands.ts'
import { type Label, type Layout, labelsOf, layout, type Scene, topsOf } from './layout.ts'
import { type Looks, type Overlay, plainLooks } from './looks.ts'
import { episodeBands, ghosts, markOf, marksOfCandles, peaksOf } from './overlay.ts'
import { averageLines, baselineLines, bollingerLines, forecastLines, levelLines } from './overlay-traces.ts'
import type { Palette } from './palette.ts'
import { margin, panesOf, type Size, scaleOf } from './panes.ts'
import { type Column, candlePaths, columnPaths, type Path } from './paths.ts'
import { alarmLevel, pValues, pValuesOfMarks } from './strip.ts'
import { maxPoints, type Trace } from './trace.ts'
import { alarmMarks, band, line, nextBar, pane, volumes } from './traces.ts'

/** Everything that the chart shows. */
export interface Figure {
  /** The visible range. */
  readonly range: Range
  /** The figure that Plotly draws. */
  readonly data: readonly Trace[]
  readonly layout: Layout
  /** Candles and columns, drawn into Plotly's panes above the bands and below lines and marks. */
  readonly paths: readonly Path[]
  /** Texts over the plot. */
  readonly labels: readonly Label[]
  /** The overlays that are switched on but left out, since bars are too narrow for them. */
  readonly leftOut: readonly Overlay[]
  /** The length of a candle of the averages. */
  readonly candleMs: number
}

const maxCandles = 800
/** Narrower candles than this are drawn as a line. */
const pxPerCandle = 1.6
const pxPerLinedCandle = 3

/** Draws the chart of a state, with fixed ranges and no more points than a redraw can take. */
export function figure(
  state: State,
  palette: Palette,
  size: Size,
  zone: Zone = 'utc',
  { style, overlays }: Looks = plainLooks,
): Figure {
  const { intervalMs, episodes } = state
  const visible = visibleOf(state)
  const { range, series, coarse } = visible
  // Half the visible time more on either side, so that a drag uncovers bars.
  const reachMs = (range[1] - range[0]) / 2
  const reach: Range = [range[0] - reachMs, range[1] + reachMs]
  const plotPx = size.width - margin.left - margin.right
  const fits = (count: number) => count <= maxCandles && count * pxPerCandle <= plotPx
  const known = coarse ?? { candles: series.candles, widthMs: intervalMs }
  const inRange = between(known.candles, range)
  const areBars = !coarse && fits(inRange.length)
  // Lines would hide thinner candles.
  const hasLines = areBars && inRange.length * pxPerLinedCandle <= plotPx
  const all = style === 'candles' && !fits(inRange.length) ? merged(known, range, reach, plotPx) : known
  const shown = between(all.candles, range)
  const newest = state.series.candles.at(-1)
  const next = newest && newest.at >= range[0] && newest.at < range[1] ? (newest.verdict?.next ?? null) : null
  const prices = priceRange(inRange, coarse ? null : next)
  const gap = (prices[1] - prices[0]) * 0.03
  const old = marksOfCandles(state, visible, reach, gap)
  const judged = between(series.candles, reach)
  const everyBars = areBars ? 1 : thinning(judged)
  const p = [...pValues(judged, everyBars, palette), ...pValuesOfMarks(old, palette)]
  const scene: Scene = {
    market: state.market?.market ?? 'none:none',
    range,
    prices,
    shown,
    next,
    zone,
    level: alarmLevel(series.alarms, range[1], intervalMs),
    rarest: 10 ** -Math.max(0, ...p.map(({ value }) => value)),
    behind: episodeBands(episodes, reach, range, intervalMs, palette),
  }
  const drawn = between(all.candles, reach)
  const asCandles = style !== 'line' && fits(shown.length)
  const alarms = peaksOf(between(series.alarms, reach), episodes)
  return {
    range,
    data: [
      ...bandsOf(judged, areBars, everyBars, palette),
      ...(asCandles ? [] : [line(drawn, palette)]),
      ...(overlays.bollinger ? [bollingerLines(all.candles, reach, all.widthMs, palette)] : []),
      ...(overlays.averages ? averageLines(all.candles, reach, all.widthMs, palette) : []),
      ...(overlays.forecast && hasLines ? forecastLines(judged, next, palette) : []),
      ...(overlays.levels && hasLines ? [levelLines(judged, next, palette)] : []),
      ...(overlays.baseline && hasLines ? [baselineLines(judged, next, palette)] : []),
      nextBar(next, palette),
      alarmMarks([...old, ...alarms.map(alarm => markOf(alarm, gap))], palette),
      ghosts(state.rehearsal, drawn, alarms, gap, palette),
      ...(['y', 'y2', 'y3'] as const).map(axis => pane(axis, drawn)),
    ],
    paths: pathsOf(
      scene,
      { candles: drawn, widthMs: all.widthMs },
      asCandles,
      { p, widthMs: everyBars * intervalMs },
      size,
      palette,
    ),
    layout: layout(state, scene, palette, size),
    labels: labelsOf(state, scene, size),
    leftOut: (['forecast', 'levels', 'baseline'] as const).filter(name => overlays[name] && !hasLines),
    candleMs: all.widthMs,
  }
}

/** The forecast ranges of high and low; one range for both where bars are a pixel wide. */
function bandsOf(judged: readonly Candle[], areBars: boolean, everyBars: number, palette: Palette): Trace[] {
  if (!areBars) return [band('High and low, 90 % forecast', outline(judged, ofBoth, everyBars), palette.highBand)]
  return [
    band('High, 90 % forecast', outline(judged, ofHigh), palette.highBand),
    band('Low, 90 % forecast', outline(judged, ofLow), palette.lowBand),
  ]
}

function pathsOf(
  scene: Scene,
  { candles, widthMs }: CandleList,
  asCandles: boolean,
  strip: { readonly p: readonly Column[]; readonly widthMs: number },
  size: Size,
  palette: Palette,
): Path[] {
  const panes = panesOf(size.height)
  const tops = topsOf(scene)
  const scale = (name: keyof typeof panes, values: Range) => scaleOf(size, panes[name], scene.range, values)
  const every = asCandles ? 1 : thinning(candles)
  const volume = volumes(candles, every, palette)
  return [
    ...(asCandles ? candlePaths(candles, widthMs, scale('price', scene.prices), palette) : []),
    ...columnPaths(volume, every * widthMs, scale('volume', [0, tops.volume]), 'volume'),
    ...columnPaths(strip.p, strip.widthMs, scale('p', [0, tops.p]), 'p'),
  ]
}

/** How many neighbours share a column or a slice of a band, so that there are no more of them than pixels. */
function thinning({ length }: readonly Candle[]): number {
  return Math.max(1, Math.ceil((length * 2) / maxPoints))
}

/** Candles of equal width, oldest first. */
interface CandleList {
  readonly candles: readonly Candle[]
  readonly widthMs: number
}

/** Merges neighbours until their candles have room, with some before the range for the averages. */
function merged({ candles, widthMs }: CandleList, range: Range, reach: Range, plotPx: number): CandleList {
  const most = Math.min(maxCandles, Math.floor(plotPx / pxPerCandle))
  const wider = Math.ceil((range[1] - range[0]) / most / widthMs) * widthMs
  const from = Math.floor(reach[0] / wider - averageBars.slow) * wider
  return { candles: gathered(between(candles, [from, reach[1]]), wider), widthMs: wider }
}

function between(candles: readonly Candle[], [from, to]: Range): readonly Candle[] {
  return candles.slice(firstFrom(candles, from), firstFrom(candles, to))
}

/** The range of the visible prices and forecasts; a forecast far wider than the prices, as of a new model, is cut off. */
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
