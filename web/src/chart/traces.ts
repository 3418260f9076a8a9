import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { marks } from '../marks/marks.ts'
import type { Candle } from '../state/series.ts'
import type { Outline } from './bands.ts'
import type { Marked } from './overlay.ts'
import type { Palette } from './palette.ts'
import type { Column } from './paths.ts'
import { decimate, maxPoints, type Trace } from './trace.ts'

/** The line of closes. */
export function line(candles: readonly Candle[], palette: Palette): Trace {
  const kept = decimate(candles.length, index => candles[index]?.close ?? 0, maxPoints).flatMap(
    index => candles[index] ?? [],
  )
  return {
    type: 'scatter',
    name: 'Price',
    mode: 'lines',
    x: kept.map(({ at }) => at),
    y: kept.map(({ close }) => close),
    line: { color: palette.price, width: 1.3 },
    hoverinfo: 'skip',
  }
}

/** A filled band. */
export function band(name: string, { x, y }: Outline, colour: string): Trace {
  const line = { width: 0 }
  return { type: 'scatter', name, mode: 'lines', x, y, fill: 'toself', fillcolor: colour, line, hoverinfo: 'skip' }
}

/** The columns of volume; `everyBars` neighbours share the column of the greatest. */
export function volumes(candles: readonly Candle[], everyBars: number, palette: Palette): Column[] {
  const columns: Column[] = []
  for (let from = 0; from < candles.length; from += everyBars) {
    const shared = candles.slice(from, from + everyBars)
    const value = Math.max(...shared.map(({ volume }) => volume))
    for (const { at } of shared.slice(0, 1)) columns.push({ at, value, fill: palette.volume })
  }
  return columns
}

/** An invisible trace: Plotly makes no pane without one, and the paths need the pane. */
export function pane(yaxis: 'y' | 'y2' | 'y3', drawn: readonly Candle[]): Trace {
  const ends = [drawn[0]?.at ?? 0, drawn.at(-1)?.at ?? 0]
  return { type: 'scatter', name: `Pane ${yaxis}`, mode: 'lines', x: ends, y: [null, null], yaxis, hoverinfo: 'skip' }
}

/** The expected high and low of the next bar; the layout draws its 90 % ranges as boxes. */
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
    zorder: 1,
    hoverinfo: 'skip',
  }
}

/** The marks of anomalies and feed faults. */
export function alarmMarks(marked: readonly Marked[], palette: Palette): Trace {
  return {
    type: 'scatter',
    name: 'Anomalies and feed faults',
    mode: 'markers',
    x: marked.map(({ at }) => at),
    y: marked.map(({ price }) => price),
    marker: {
      // Plotly pales marks of unequal size unless told not to.
      opacity: 1,
      symbol: marked.map(({ kind }) => marks[kind].symbol),
      size: marked.map(({ kind }) => marks[kind].size),
      color: marked.map(({ kind }) => (kind === 'fault' ? palette.fault : palette.severity[kind])),
      line: { color: palette.surface, width: 1 },
    },
    cliponaxis: false,
    zorder: 1,
    hoverinfo: 'skip',
  }
}
