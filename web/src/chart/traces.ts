import type { Verdict } from '@candlewatch/core/types'
import { markKind, markPrice, marks } from '../episodes/marks.ts'
import type { Candle } from '../state/tape.ts'
import type { Outline } from './bands.ts'
import { decimate } from './decimate.ts'
import type { Palette } from './palette.ts'

/** Of a line; twice what a wide screen can show. */
export const maxPoints = 1_200

/** Plotly's terms, as far as they are used here. */
export interface Trace {
  readonly type: 'candlestick' | 'scatter' | 'bar'
  readonly name: string
  readonly x: readonly (number | null)[]
  readonly [option: string]: unknown
}

export function candlesticks(candles: readonly Candle[], palette: Palette): Trace {
  const side = (colour: string) => ({ line: { color: colour, width: 1 }, fillcolor: colour })
  return {
    type: 'candlestick',
    name: 'Price',
    x: candles.map(({ at }) => at),
    open: candles.map(({ open }) => open),
    high: candles.map(({ high }) => high),
    low: candles.map(({ low }) => low),
    close: candles.map(({ close }) => close),
    increasing: side(palette.up),
    decreasing: side(palette.down),
    whiskerwidth: 0,
    zorder: 1,
    hoverinfo: 'skip',
  }
}

export function line(candles: readonly Candle[], palette: Palette): Trace {
  const kept = decimate(candles.length, index => candles[index]!.close, maxPoints).map(index => candles[index]!)
  return {
    type: 'scatter',
    name: 'Price',
    mode: 'lines',
    x: kept.map(({ at }) => at),
    y: kept.map(({ close }) => close),
    line: { color: palette.price, width: 1.3 },
    zorder: 1,
    hoverinfo: 'skip',
  }
}

export function band(name: string, { x, y }: Outline, colour: string): Trace {
  const line = { width: 0 }
  return { type: 'scatter', name, mode: 'lines', x, y, fill: 'toself', fillcolor: colour, line, hoverinfo: 'skip' }
}

export function volume(candles: readonly Candle[], everyBars: number, palette: Palette): Trace {
  const x: number[] = []
  const y: number[] = []
  for (let from = 0; from < candles.length; from += everyBars) {
    x.push(candles[from]!.at)
    y.push(Math.max(...candles.slice(from, from + everyBars).map(candle => candle.volume)))
  }
  const marker = { color: palette.volume, line: { width: 0 } }
  return { type: 'bar', name: 'Volume', x, y, yaxis: 'y2', marker, hoverinfo: 'skip' }
}

/** The forecast of the bar to come: where its high and its low are expected. Their 90 % intervals are boxes around it. */
export function nextBar(next: Verdict['next'], palette: Palette): Trace {
  const at = next ? Date.parse(next.date) : 0
  return {
    type: 'scatter',
    name: 'Next bar',
    mode: 'markers',
    x: next ? [at, at] : [],
    y: next ? [next.high.expected, next.low.expected] : [],
    marker: {
      symbol: 'line-ew',
      size: 14,
      line: { width: 2.5, color: [palette.forecastHigh, palette.forecastLow] },
    },
    zorder: 2,
    hoverinfo: 'skip',
  }
}

export function alarmMarks(alarms: readonly Candle[], gap: number, palette: Palette): Trace {
  const kinds = alarms.map(markKind)
  return {
    type: 'scatter',
    name: 'Anomalies and feed faults',
    mode: 'markers',
    x: alarms.map(({ at }) => at),
    y: alarms.map(candle => markPrice(candle, gap)),
    marker: {
      // Plotly pales marks of unequal size unless told not to.
      opacity: 1,
      symbol: kinds.map(kind => marks[kind].symbol),
      size: kinds.map(kind => marks[kind].size),
      color: kinds.map(kind => (kind === 'fault' ? palette.fault : palette.severity[kind])),
      line: { color: palette.surface, width: 1 },
    },
    cliponaxis: false,
    zorder: 3,
    hoverinfo: 'skip',
  }
}
