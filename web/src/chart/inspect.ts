import type { Ms } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { msOf } from '@candlewatch/core/time'
import type { MarkKind } from '../marks/marks.ts'
import { type Candle, firstFrom } from '../state/series.ts'
import type { State } from '../state/state.ts'
import { visibleOf } from '../state/visible-range.ts'
import { type Averaged, averageAt, averageBars, bollingerBars } from './averages.ts'
import { marksOfCandles } from './overlay.ts'

/** The candles that the pointer and the arrow keys can inspect, oldest first: bars, and the server's candles before them. */
export interface Readable {
  readonly candles: readonly Candle[]
  /** The alarms, which are preferred to their neighbours near the pointer. */
  readonly alarms: readonly { readonly at: number }[]
}

/** The values that the chart shows at a time. */
export type Reading =
  | { readonly kind: 'bar'; readonly candle: Candle; readonly averages: Averages }
  | { readonly kind: 'next'; readonly next: NonNullable<Verdict['next']> }
  /** The peak of an episode or a fault whose bar is not in memory. */
  | { readonly kind: 'alarm'; readonly at: number; readonly mark: MarkKind; readonly because: string }
  | { readonly kind: 'candle'; readonly candle: Candle; readonly widthMs: number }

/** The averages at a bar; null where too few bars precede it. */
export interface Averages {
  readonly fast: Averaged | null
  readonly slow: Averaged | null
  readonly bollinger: Averaged | null
}

/** Returns the candles that can be inspected in a state. */
export function readableOf(state: State): Readable {
  const visible = visibleOf(state)
  const { series, coarse, range } = visible
  if (!coarse) return series
  const first = series.candles[0]?.at ?? Number.POSITIVE_INFINITY
  const old = marksOfCandles(state, visible, range, 0).sort((a, b) => a.at - b.at)
  const before = coarse.candles.slice(0, firstFrom(coarse.candles, first - coarse.widthMs + 1))
  return { candles: [...before, ...series.candles], alarms: [...old, ...series.alarms] }
}

/** Returns the values that the chart shows at the time `at`. */
export function readingOf(state: State, at: Ms): Reading | null {
  const { series, coarse } = visibleOf(state)
  const { intervalMs } = state
  const index = firstFrom(series.candles, at)
  const candle = series.candles[index]
  if (candle?.at === at) {
    const of = (bars: number) => averageAt(series.candles, index, bars, intervalMs)
    return {
      kind: 'bar',
      candle,
      averages: { fast: of(averageBars.fast), slow: of(averageBars.slow), bollinger: of(bollingerBars) },
    }
  }
  const next = series.candles.at(-1)?.verdict?.next ?? null
  if (next && Date.parse(next.date) === at) return { kind: 'next', next }
  const episode = state.episodes.find(({ peak }) => Date.parse(peak) === at)
  if (episode) return { kind: 'alarm', at, mark: episode.severity, because: episode.because }
  const fault = state.faults.find(({ date }) => Date.parse(date) === at)
  if (fault) return { kind: 'alarm', at, mark: 'fault', because: fault.because }
  const made = coarse?.candles[firstFrom(coarse.candles, at)]
  return coarse && made?.at === at ? { kind: 'candle', candle: made, widthMs: coarse.widthMs } : null
}

/** The open of the bar nearest to a pointer at `time`; an alarm within `reachMs` is preferred. null without bars. */
export function barNear({ candles, alarms }: Readable, time: number, reachMs: number): Ms | null {
  const alarm = nearest(alarms, time)
  if (alarm && Math.abs(alarm.at - time) <= reachMs) return alarm.at as Ms
  const last = candles.at(-1)
  const next = last?.verdict?.next ? msOf(last.verdict.next.date) : null
  if (last && next !== null && time > (last.at + next) / 2) return next
  return nearest(candles, time)?.at ?? null
}

/** The bar after (1) or before (−1) the inspected one; the newest bar when none is. */
export function adjacentBar({ candles }: Readable, at: Ms | null, step: 1 | -1): Ms | null {
  if (at === null) return candles.at(-1)?.at ?? null
  const index = firstFrom(candles, at)
  return candles[Math.min(Math.max(index + step, 0), candles.length - 1)]?.at ?? null
}

function nearest<T extends { readonly at: number }>(places: readonly T[], time: number): T | null {
  const index = firstFrom(places, time)
  const after = places[index] ?? null
  const before = places[index - 1] ?? null
  if (!after || !before) return after ?? before
  return time - before.at <= after.at - time ? before : after
}
