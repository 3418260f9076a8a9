import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { nth } from '@candlewatch/core/nth'
import type { Range } from '../format/when.ts'
import { type Candle, firstFrom } from '../state/series.ts'
import { averageAt, averageBars, bollingerBars, bollingerWidth } from './averages.ts'
import type { Palette } from './palette.ts'
import { decimate, maxPoints, type Trace } from './trace.ts'

interface Point {
  readonly at: number
  /** null where the line breaks. */
  readonly value: number | null
}

/** The expected high and low of each bar, and of the next one. */
export function forecastLines(judged: readonly Candle[], next: Verdict['next'], palette: Palette): Trace[] {
  return (['high', 'low'] as const).map(side => {
    const points = expectedOf(judged, next, side, 'expected')
    const color = side === 'high' ? palette.forecastHigh : palette.forecastLow
    return lines(`Expected ${side}`, [points], { color, width: 1 })
  })
}

/** The prices from which each bar, and the next one, is an alarm. */
export function levelLines(judged: readonly Candle[], next: Verdict['next'], palette: Palette): Trace {
  const sides = (['alarmAbove', 'alarmBelow'] as const).map(field => {
    const points: Point[] = judged.map(({ at, verdict }) => ({ at, value: verdict?.[field] ?? null }))
    if (next) points.push({ at: Date.parse(next.date), value: next[field] ?? null })
    return points
  })
  return lines('Alarm levels', sides, { color: palette.severity.medium, width: 1.2, dash: '1px,3px' })
}

/** The naive forecasts of the same bars. */
export function baselineLines(judged: readonly Candle[], next: Verdict['next'], palette: Palette): Trace {
  const sides = (['high', 'low'] as const).map(side => expectedOf(judged, next, side, 'baseline'))
  return lines('Naive forecast', sides, { color: palette.baseline, width: 1.2, dash: '4px,3px' })
}

/** The moving averages. `candles` start before `reach`, so that the lines are right from their beginning. */
export function averageLines(candles: readonly Candle[], reach: Range, stepMs: number, palette: Palette): Trace[] {
  return (['fast', 'slow'] as const).map(pace => {
    const points = averaged(candles, reach, averageBars[pace], stepMs, ({ mean }) => mean)
    const color = pace === 'fast' ? palette.averageFast : palette.averageSlow
    return lines(`Average of ${averageBars[pace]}`, [points], { color, width: 1.4 })
  })
}

/** The edges and the middle of the Bollinger bands. */
export function bollingerLines(candles: readonly Candle[], reach: Range, stepMs: number, palette: Palette): Trace {
  const edges = [bollingerWidth, 0, -bollingerWidth].map(width =>
    averaged(candles, reach, bollingerBars, stepMs, ({ mean, deviation }) => mean + width * deviation),
  )
  return lines('Bollinger bands', edges, { color: palette.bollinger, width: 1.2, dash: '2px,2px' })
}

function expectedOf(
  judged: readonly Candle[],
  next: Verdict['next'],
  side: 'high' | 'low',
  field: 'expected' | 'baseline',
): Point[] {
  const points: Point[] = judged.map(({ at, verdict }) => ({ at, value: verdict?.[side]?.[field] ?? null }))
  if (next) points.push({ at: Date.parse(next.date), value: next[side][field] })
  return points
}

function averaged(
  candles: readonly Candle[],
  [from, to]: Range,
  bars: number,
  stepMs: number,
  pick: (averaged: { readonly mean: number; readonly deviation: number }) => number,
): Point[] {
  const points: Point[] = []
  const end = firstFrom(candles, to)
  for (let index = firstFrom(candles, from); index < end; index++) {
    const average = averageAt(candles, index, bars, stepMs)
    points.push({ at: nth(candles, index).at, value: average && pick(average) })
  }
  return points
}

/** Several lines as one trace. */
function lines(name: string, all: readonly (readonly Point[])[], line: object): Trace {
  const x: number[] = []
  const y: (number | null)[] = []
  for (const points of all) {
    if (x.length > 0) {
      x.push(x.at(-1) ?? 0)
      y.push(null)
    }
    for (const piece of piecesOf(points)) {
      const mostPoints = Math.max(2, Math.floor((maxPoints * piece.length) / points.length))
      for (const index of decimate(piece.length, i => piece[i]?.value ?? 0, mostPoints)) {
        const point = piece[index]
        if (!point) continue
        x.push(point.at)
        y.push(point.value)
      }
    }
  }
  return { type: 'scatter', name, mode: 'lines', x, y, line, zorder: 1, hoverinfo: 'skip' }
}

/** Unbroken stretches, and a break between two of them. */
function piecesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const pieces: Point[][] = []
  let open: Point[] | null = null
  for (const point of points) {
    if (point.value === null) open = null
    else if (open) open.push(point)
    else {
      if (pieces.length > 0) pieces.push([{ at: point.at, value: null }])
      open = [point]
      pieces.push(open)
    }
  }
  return pieces
}
