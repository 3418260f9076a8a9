import type { Ms } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { nth } from '@candlewatch/core/nth'
import { countIn, emptyTally, type Tally } from './tally.ts'

/** A bar as it is drawn, with its verdict. `at` is its open, UTC. */
export interface Candle {
  readonly at: Ms
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  /** null for a warm-up bar, which has no verdict. */
  readonly verdict: Verdict | null
}

/** The bars in memory, and sums over their verdicts. */
export interface Series {
  /** Oldest first, no two with the same `at`. */
  readonly candles: readonly Candle[]
  /** The anomalies and feed faults among them. */
  readonly alarms: readonly Candle[]
  readonly tally: Tally
}

/** The most bars in memory: a year of hours and a third of the next. */
export const maxCandles = 12_000

/** A series without bars. */
export const emptySeries: Series = { candles: [], alarms: [], tally: emptyTally }

/** Adds a batch, in any order and with repeats, and drops the oldest bars beyond `keep`. One copy is made for a batch of any size. */
export function extendSeries(series: Series, batch: readonly Candle[], keep = maxCandles): Series {
  const arrived = arrange(batch)
  const first = arrived[0]
  if (!first) return series
  const tally = { ...series.tally }
  // Rows arrive in order nearly always: then all that is replaced sits at the tail.
  const cut = firstFrom(series.candles, first.at)
  const tail = merge(series.candles.slice(cut), arrived, tally)
  const all = series.candles.slice(0, cut).concat(tail)
  const dropped = Math.max(0, all.length - keep)
  for (const { verdict } of all.slice(0, dropped)) countIn(tally, verdict, -1)
  const candles = dropped > 0 ? all.slice(dropped) : all
  const oldest = candles[0]?.at ?? first.at
  const came = tail.filter(isAlarm)
  const before = series.alarms.filter(alarm => alarm.at >= oldest && alarm.at < first.at)
  // The same list when nothing changed in it, so that it is not drawn again.
  const isSame = came.length === 0 && before.length === series.alarms.length
  return { candles, alarms: isSame ? series.alarms : before.concat(came.filter(alarm => alarm.at >= oldest)), tally }
}

/** The series as it was when the bar that opened at `at` closed; the same object if that is its newest bar. */
export function seriesUntil(series: Series, at: number): Series {
  const count = firstFrom(series.candles, at + 1)
  if (count === series.candles.length) return series
  const candles = series.candles.slice(0, count)
  const tally = { ...emptyTally }
  for (const { verdict } of candles) countIn(tally, verdict, 1)
  return { candles, alarms: series.alarms.slice(0, firstFrom(series.alarms, at + 1)), tally }
}

/** The index of the first candle, in time order, that opens at or after `at`; the length when none does. */
export function firstFrom(candles: readonly { readonly at: number }[], at: number): number {
  const last = candles.at(-1)
  if (!last || last.at < at) return candles.length
  let low = 0
  let high = candles.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (nth(candles, middle).at < at) low = middle + 1
    else high = middle
  }
  return low
}

function isAlarm({ verdict }: Candle): boolean {
  return verdict?.status === 'anomaly' || verdict?.status === 'feed-fault'
}

/** Sorted, the repeats folded into one: a bar and its verdict travel apart. */
function arrange(batch: readonly Candle[]): Candle[] {
  const sorted = batch.toSorted((a, b) => a.at - b.at)
  const single: Candle[] = []
  for (const candle of sorted) {
    const before = single.at(-1)
    if (before?.at === candle.at) single[single.length - 1] = fold(before, candle)
    else single.push(candle)
  }
  return single
}

function fold(before: Candle, after: Candle): Candle {
  return after.verdict || !before.verdict ? after : { ...after, verdict: before.verdict }
}

/** Both ascending. Counts into `tally` what is new and out of it what is replaced. */
function merge(known: readonly Candle[], arrived: readonly Candle[], tally: { -readonly [K in keyof Tally]: number }) {
  const merged: Candle[] = []
  let next = 0
  for (const candle of arrived) {
    while (next < known.length && nth(known, next).at < candle.at) merged.push(nth(known, next++))
    const before = known[next]?.at === candle.at ? nth(known, next++) : null
    const after = before ? fold(before, candle) : candle
    if (before) countIn(tally, before.verdict, -1)
    countIn(tally, after.verdict, 1)
    merged.push(after)
  }
  while (next < known.length) merged.push(nth(known, next++))
  return merged
}
