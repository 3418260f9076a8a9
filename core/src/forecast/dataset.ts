import { CandlewatchError } from '../errors.ts'
import type { SeasonByHour } from '../features/any-market.ts'
import { logVolumeRatio } from '../features/volatility-scaled.ts'
import { known } from '../nth.ts'
import { openOf } from '../time.ts'
import type { Bar, Ms } from '../types.ts'
import { MarketPast } from './market-past.ts'
import type { Standing } from './prices.ts'

/** Rows for a forecaster to learn from. Sample i looks at `lookback` rows that end with row `last[i]`. */
export interface Dataset {
  readonly lookback: number
  /** Numbers in a row. */
  readonly width: number
  /** [rows, features], oldest first; a sample's window is a contiguous piece of it. */
  readonly rows: Float32Array
  readonly last: Int32Array
  /** [samples, targets]: what ScaledForecast names, in the order of `targets`. */
  readonly targets: Float32Array
  /** S at each sample: errors weigh what they cost in price. */
  readonly scales: Float32Array
  /** How much a sample counts besides, 1 on average: in a dataset of several series those of a long one count less. */
  readonly shares: Float32Array
  /** The bar that each sample was made at, and the one that followed. */
  readonly bars: readonly Bar[]
  readonly next: readonly Bar[]
  /** EWMA of log(high/low), half-life 3, at each of `bars`. */
  readonly fastRanges: readonly number[]
}

/** Scales that start from nothing are noise for about this long; nothing is learned from it. */
export const settlingBars = 72

/** Share of the rows, at their end, that validate a training. */
export const validationShare = 0.1
/** To learn from, and again to validate on. */
export const leastSamples = 100

/** How many rows without gaps a training wants: 100 samples to learn from, and 100 in the tenth that validates. */
export function rowsWanted(lookback: number): number {
  const learning = Math.max(settlingBars, lookback) + leastSamples + 1
  return Math.max(Math.ceil(learning / (1 - validationShare)), Math.ceil(leastSamples / validationShare))
}

/** A bar with enough past, the bar after it, and the features' scales between the two. */
interface Sample {
  readonly at: number
  readonly bar: Bar
  readonly next: Bar
  readonly standing: Standing
  readonly fastRange: number
}

/**
 * Samples whose next bar is among `bars`. Windows and targets that reach over a gap are left out; closed hours are none.
 * Openings are among the windows. Among the targets they are only if a row says that one is expected, which those of one
 * market do not: the engine then forecasts them in a scale of their own, from what was learned of the other bars.
 */
export function makeDataset(
  bars: readonly Bar[],
  intervalMs: Ms,
  seasonByHour: SeasonByHour,
  lookback: number,
): Dataset {
  if (bars.length < settlingBars + lookback + 2) {
    throw new CandlewatchError(
      'ERR_TRAINING_SHORT',
      `Expected at least ${settlingBars + lookback + 2} rows, got ${bars.length}. Give a longer history.`,
    )
  }
  const past = new MarketPast(intervalMs, seasonByHour)
  const { width } = past
  const knowsOpenings = seasonByHour === null
  const rows = new Float32Array(bars.length * width)
  const samples: Sample[] = []
  let unbroken = 0
  bars.forEach((bar, at) => {
    unbroken = at > 0 && past.absenceBefore(openOf(bar, intervalMs)).kind !== 'gap' ? unbroken + 1 : 0
    const row = past.learn(bar)
    if (row) rows.set(row, at * width)
    const next = bars[at + 1]
    if (!next || at < settlingBars || unbroken < lookback) return
    const nextOpen = openOf(next, intervalMs)
    const absence = past.absenceBefore(nextOpen)
    if (absence.kind === 'gap' || (absence.isOpening && !(knowsOpenings && past.expectsOpening))) return
    const { standing, fastRange } = known(past.standingAt(nextOpen))
    samples.push({ at, bar, next, standing, fastRange })
  })
  return {
    lookback,
    width,
    rows,
    last: Int32Array.from(samples, s => s.at),
    targets: Float32Array.from(samples.flatMap(({ standing, next }) => outcomesOf(standing, next))),
    scales: Float32Array.from(samples, s => s.standing.scale),
    shares: new Float32Array(samples.length).fill(1),
    bars: samples.map(s => s.bar),
    next: samples.map(s => s.next),
    fastRanges: samples.map(s => s.fastRange),
  }
}

/** One outcome a target, in the order of `targets`. */
export type Outcomes = readonly [up: number, down: number, close: number, range: number, volume: number]

/** The outcome of a bar in the units of a ScaledForecast and the order of `targets`. */
export function outcomesOf({ close, scale, rangeScale, usualVolume }: Standing, next: Bar): Outcomes {
  return [
    Math.log(next.high / close) / scale,
    Math.log(close / next.low) / scale,
    Math.log(next.close / close) / scale,
    Math.log(next.high / next.low) / rangeScale,
    logVolumeRatio(next.volume, usualVolume),
  ]
}
