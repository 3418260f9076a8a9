import type { EpisodeEvent } from '@candlewatch/api/episode'
import type { Forecast, Skill } from '@candlewatch/api/forecast'
import type { Market, Ms } from '@candlewatch/api/units'
import type { Verdict } from '@candlewatch/api/verdict'

export type { Episode, Fault, Move } from '@candlewatch/api/episode'
export type { Expectation, PriceForecast, PriceOutcome } from '@candlewatch/api/forecast'
export type { Label } from '@candlewatch/api/labels'
export type { FaultReason, Reason, SkillReason } from '@candlewatch/api/reasons'
export type { Replay } from '@candlewatch/api/replays'
export type { DetectorOpinion, FeedFault, Lane, Severity, Status } from '@candlewatch/api/verdict'
export type { EpisodeEvent, Forecast, Market, Ms, Skill, Verdict }

interface Stamped {
  readonly market: Market
  /** When it happened; for a bar, when it closed. */
  readonly ts: Ms
  /** When we learned of it. */
  readonly seen: Ms
}

/** One closed candle. Prices in the quote currency, volume in the base currency; it has passed `faultOf`. */
export interface Bar extends Stamped {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** A finite run of bars of one market and interval, oldest first, no two with the same `ts`. Gaps are possible. */
export interface Series {
  /** Where it came from, in words for a log line: a file's name, an archive, "synthetic 2021, seed 1". */
  readonly name: string
  readonly market: Market
  readonly intervalMs: Ms
  readonly bars: readonly Bar[]
}

/** A bar, its verdict and what that changed in the stream's episodes: they are written together or not at all. */
export interface Step {
  readonly bar: Bar
  readonly verdict: Verdict
  readonly episodes: readonly EpisodeEvent[]
}

/** score never changes state; learn alone does, afterwards. null = no opinion yet, never NaN, never 0 for "don't know". */
export interface Detector<Features> {
  readonly id: string
  score(features: Features): number | null
  learn(features: Features): void
  save(): Uint8Array
  load(state: Uint8Array): void
}

/** Called before the next bar exists, which makes look-ahead impossible. */
export interface Forecaster {
  /** Bars of history that one forecast looks at. */
  readonly lookback: number
  /** past: [lookback, features], oldest first. Returns quantiles of the next bar in the units of the features' scale. */
  predict(past: Float32Array): ScaledForecast
}

/** Quantiles of the next bar against this bar's close: log ratios over the volatility scale S, but for the volume. */
export interface ScaledForecast {
  /** log(next high / close) / S */
  readonly up: Quantiles
  /** log(close / next low) / S */
  readonly down: Quantiles
  /** log(next close / close) / S */
  readonly close: Quantiles
  /** log(next high / next low) / S */
  readonly range: Quantiles
  /** log(next volume / its usual), not over S */
  readonly volume: Quantiles
}

/** Ascending, one a level of `forecast/quantiles.ts`: .01 .05 .25 .5 .75 .95 .99. */
export type Quantiles = readonly number[]

/** Own-scale score to a p-value with one meaning across detectors: the share of past bars at least as strange. */
export interface Calibrator {
  /** null until it has learned enough to answer. */
  pValue(score: number): number | null
  learn(score: number): void
}

/** Prices at which the next bar becomes an alarm of the market lane: a high of `above` or more, a low of `below` or less; null where none would. */
export interface Levels {
  readonly above: number | null
  readonly below: number | null
}

/** Bar in, verdict out: synchronous, no I/O. The same object runs live, in replay and in backtest. */
export interface Pipeline {
  /** The alarm budget. It counts from the next bar on; what is learned doesn't depend on it. */
  alarmsPerWeek: number
  /** The feed lane's share of that budget, 0 to 1: 0 turns that lane's alarms off, 1 those of the market lane. It counts likewise. */
  feedShare: number
  /** All that is known of past scores: with it and the verdicts that follow, other budgets can be tried on them. */
  readonly scores: Uint8Array
  step(bar: Bar): Verdict
  /** Learns a bar of the past without judging it. */
  warmUp(bar: Bar): void
  save(): Uint8Array
  /** Throws ERR_SNAPSHOT_LAYOUT for what another version of the program saved; nothing is changed then. */
  load(state: Uint8Array): void
}

/** At-least-once: a rejection means "send it again". */
export interface Sink<T> {
  write(batch: readonly T[]): Promise<void>
}
