import type { Market } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { PriceForecast } from '@candlewatch/core/types'
import { formatPrice } from '../format/price.ts'
import type { Range } from '../format/when.ts'
import type { Zone } from '../format/zone.ts'
import { timeTicks } from '../plot/ticks.ts'
import type { Candle, Series } from '../state/series.ts'
import type { State } from '../state/state.ts'
import type { Palette } from './palette.ts'
import { margin, panesOf, type Size } from './panes.ts'
import { rareness } from './strip.ts'

/** Plotly's own options. */
export type Layout = Readonly<Record<string, unknown>>

/** The inputs of a layout, in addition to the state. */
export interface Scene {
  readonly market: Market
  readonly range: Range
  readonly prices: Range
  /** The visible candles. */
  readonly shown: readonly Candle[]
  readonly next: Verdict['next']
  /** The level: the p-value at which bars alarm; null while it is not known. */
  readonly level: number | null
  /** The p-value of the rarest visible bar. */
  readonly rarest: number
  readonly zone: Zone
  /** The bands of episodes, behind everything else. */
  readonly behind: readonly object[]
}

/** The axes with fixed ranges, the boxes of the next bar, and lines for level, last price and open bar. */
export function layout({ series, view, intervalMs }: State, scene: Scene, palette: Palette, size: Size): Layout {
  const { market, range, prices, next, level } = scene
  const { width, height } = size
  const panes = panesOf(height)
  const tops = topsOf(scene)
  const ticks = timeTicks(range, Math.max(3, Math.floor(width / 90)), scene.zone)
  const close = visibleClose(series, prices)
  const font = { family: palette.font, size: 12, color: palette.inkSoft }
  const axis = { gridcolor: palette.grid, zeroline: false, showline: false, fixedrange: true, tickfont: font }
  const { left: l, right: r, top: t, bottom: b } = margin
  return {
    width,
    height,
    margin: { l, r, t, b, pad: 0 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font,
    showlegend: false,
    hovermode: false,
    dragmode: 'pan',
    xaxis: {
      ...axis,
      // Milliseconds: the labels are our own, and Plotly's dates cost a conversion for each point.
      type: 'linear',
      anchor: 'y3',
      range: [...range],
      fixedrange: false,
      showgrid: false,
      ticks: 'outside',
      ticklen: 4,
      tickcolor: palette.grid,
      tickvals: ticks.at,
      ticktext: ticks.text,
    },
    yaxis: {
      ...axis,
      side: 'right',
      domain: panes.price,
      range: [...prices],
      nticks: Math.max(4, Math.round(height / 70)),
      tickprefix: market.endsWith('-USD') ? '$' : '',
      tickformat: prices[1] >= 1_000 ? ',.0f' : prices[1] >= 1 ? ',.2f' : '.4f',
    },
    yaxis2: {
      ...axis,
      domain: panes.volume,
      range: [0, tops.volume],
      visible: false,
    },
    yaxis3: {
      ...axis,
      side: 'right',
      domain: panes.p,
      range: [0, tops.p],
      tickvals: [1, 2, 3],
      ticktext: ['0.1', '0.01', '0.001'],
    },
    shapes: [
      ...scene.behind,
      ...(level === null
        ? []
        : [
            {
              ...rule({ xref: 'paper', yref: 'y3', x0: 0, x1: 1, y0: rareness(level), y1: rareness(level) }, palette),
              layer: 'above',
            },
          ]),
      ...nextBoxes(next, intervalMs, range, palette),
      ...(close === null ? [] : [rule({ xref: 'paper', x0: 0, x1: 1, y0: close, y1: close }, palette)]),
      ...(view.selected === null
        ? []
        : [rule({ yref: 'paper', x0: view.selected, x1: view.selected, y0: 0, y1: 1 }, palette)]),
    ],
  }
}

/** A text over the plot. Plotly would take as long for three of them as for everything else. */
export interface Label {
  readonly kind: 'pane' | 'price'
  readonly text: string
  /** The distance of its middle from the top of the chart. */
  readonly topPx: number
}

/** The names of the panes, and the last price at the right-hand edge. */
export function labelsOf({ series }: State, { market, prices, level }: Scene, { height }: Size): Label[] {
  const panes = panesOf(height)
  const plotPx = height - margin.top - margin.bottom
  const topOf = (share: number) => margin.top + (1 - share) * plotPx
  const alarms = level === null ? null : `alarms from about ${Number(level.toPrecision(1))}`
  const close = visibleClose(series, prices)
  const shareOf = (price: number) => (price - prices[0]) / (prices[1] - prices[0])
  const [from, to] = panes.price
  return [
    { kind: 'pane', text: 'Volume', topPx: topOf(panes.volume[1]) },
    { kind: 'pane', text: alarms ? `p-value · ${alarms}` : 'p-value (higher is rarer)', topPx: topOf(panes.p[1]) },
    ...(close === null
      ? []
      : [
          {
            kind: 'price',
            text: formatPrice(close, market),
            topPx: topOf(from + shareOf(close) * (to - from)),
          } as const,
        ]),
  ]
}

function visibleClose({ candles }: Series, [least, greatest]: Range): number | null {
  const close = candles.at(-1)?.close ?? Number.NaN
  return close >= least && close <= greatest ? close : null
}

/** The greatest values of the volume and p-value panes. */
export function topsOf({ shown, rarest }: Pick<Scene, 'shown' | 'rarest'>) {
  return {
    volume: Math.max(1e-9, ...shown.map(candle => candle.volume)),
    p: Math.max(3.4, rareness(rarest) * 1.06),
  }
}

/** The boxes of the next bar's forecast, wide enough to be visible in a long range. */
function nextBoxes(next: Verdict['next'], intervalMs: number, [from, to]: Range, palette: Palette) {
  if (!next) return []
  const at = Date.parse(next.date)
  const halfMs = Math.max(intervalMs / 2, (to - from) * 0.006)
  const box = ({ lower, upper }: PriceForecast, fillcolor: string, color: string) => ({
    type: 'rect',
    layer: 'below',
    x0: at - halfMs,
    x1: at + halfMs,
    y0: lower,
    y1: upper,
    fillcolor,
    line: { color, width: 1 },
  })
  return [box(next.high, palette.highBand, palette.forecastHigh), box(next.low, palette.lowBand, palette.forecastLow)]
}

function rule(where: Readonly<Record<string, unknown>>, palette: Palette) {
  return { type: 'line', layer: 'below', ...where, line: { color: palette.inkSoft, width: 1, dash: 'dot' } }
}
