import type { Market, PriceForecast, Verdict } from '@candlewatch/core/types'
import type { Palette } from './palette.ts'
import { formatPrice } from './price.ts'
import type { State } from './state.ts'
import type { Candle } from './tape.ts'
import type { Range } from './window.ts'

/** Plotly's own options. */
export type Layout = Readonly<Record<string, unknown>>

export interface Size {
  readonly width: number
  readonly height: number
}

/** Around the plot, pixels; the panel that follows the pointer needs them too. */
export const margin = { left: 8, right: 68, top: 12, bottom: 42 } as const

/** Axes with fixed ranges, the boxes of the next bar, and the last price on the right-hand edge. */
export function layout(
  { tape, view, intervalMs }: State,
  market: Market,
  range: Range,
  prices: Range,
  shown: readonly Candle[],
  next: Verdict['next'],
  palette: Palette,
  { width, height }: Size,
): Layout {
  const last = tape.candles.at(-1)
  const lastInSight = last && last.close >= prices[0] && last.close <= prices[1] ? last : null
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
    bargap: 0.25,
    xaxis: {
      ...axis,
      type: 'date',
      anchor: 'y2',
      range: [...range],
      fixedrange: false,
      showgrid: false,
      ticks: 'outside',
      ticklen: 4,
      tickcolor: palette.grid,
      nticks: Math.max(3, Math.round(width / 130)),
      rangeslider: { visible: false },
    },
    yaxis: {
      ...axis,
      side: 'right',
      domain: [0.17, 1],
      range: [...prices],
      nticks: Math.max(4, Math.round(height / 70)),
      tickprefix: market.endsWith('-USD') ? '$' : '',
      tickformat: prices[1] >= 1_000 ? ',.0f' : prices[1] >= 1 ? ',.2f' : '.4f',
    },
    yaxis2: {
      ...axis,
      domain: [0, 0.13],
      range: [0, Math.max(1e-9, ...shown.map(candle => candle.volume))],
      visible: false,
    },
    shapes: [
      ...nextBoxes(next, intervalMs, range, palette),
      ...(lastInSight
        ? [rule({ xref: 'paper', x0: 0, x1: 1, y0: lastInSight.close, y1: lastInSight.close }, palette)]
        : []),
      ...(view.selected === null
        ? []
        : [rule({ yref: 'paper', x0: view.selected, x1: view.selected, y0: 0, y1: 1 }, palette)]),
    ],
    annotations: lastInSight ? [priceTag(lastInSight.close, market, palette)] : [],
  }
}

/** At least as wide as a fingertip's edge on a long window, so that it can be seen. */
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

function priceTag(close: number, market: Market, palette: Palette) {
  return {
    xref: 'paper',
    x: 1,
    xanchor: 'left',
    y: close,
    text: formatPrice(close, market),
    showarrow: false,
    bgcolor: palette.ink,
    borderpad: 3,
    font: { family: palette.font, size: 12, color: palette.surface },
  }
}
