import type { Market, Ms } from '@candlewatch/api/units'

export type { Market, Ms }

interface Stamped {
  readonly market: Market
  /** When it happened; for a bar, when it closed. */
  readonly ts: Ms
  /** When we learned of it. */
  readonly seen: Ms
}

/** One closed candle. Prices in the quote currency, volume in the base currency; `bars/check` has seen it. */
export interface Bar extends Stamped {
  readonly kind: 'bar'
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

/** A median and the range that holds the outcome nine times in ten. */
export interface Expectation {
  readonly expected: number
  readonly lower: number
  readonly upper: number
}

/** What one price of the next bar should be, quote currency, by whichever forecaster drives detection. */
export interface PriceForecast extends Expectation {
  /** The naive forecast of the same price, made at the same moment. */
  readonly baseline: number
  /** The model's median; `expected` is this or `baseline`. */
  readonly model: number
}

/** Made when the bar before it closed. */
export interface Forecast {
  /** Who drives detection: the model, unless it lost to the naive forecast over the last 30 days. */
  readonly by: Skill['by']
  readonly high: PriceForecast
  readonly low: PriceForecast
  /** Quote currency. */
  readonly close: Expectation
  /** Base currency. */
  readonly volume: Expectation
  /** High less low, quote currency. */
  readonly range: Expectation
}

/** The running errors of both forecasts over the last 30 days: mean absolute error of high and low, in percent of the price. */
export interface Skill {
  readonly by: 'model' | 'naive'
  readonly bars: number
  readonly modelPercent: number
  readonly naivePercent: number
  /** Why that one drives, in one sentence. */
  readonly because: string
}

/** A forecast beside what came. */
export interface PriceOutcome extends PriceForecast {
  readonly actual: number
  readonly absoluteError: number
}

export type Status = 'warming-up' | 'normal' | 'anomaly' | 'feed-fault'
export type Severity = 'low' | 'medium' | 'high' | 'critical'
export type Lane = 'market' | 'feed'

export interface DetectorOpinion {
  readonly id: string
  /** On the detector's own scale; higher is stranger. */
  readonly score: number
  readonly pValue: number
  /** What it gave to the decision; 0 for those that look on. */
  readonly share: number
}

/** What is wrong with a row, and what shows it. */
export interface FeedFault {
  /** `gap`: bars are missing before it; `flat`: the feed stands still; `bad-tick`: one price that nothing bears out; `unlikely`: all of it together. */
  readonly kind: 'gap' | 'flat' | 'bad-tick' | 'unlikely'
  readonly evidence: string
}

/** What is said of one bar. It is stored, streamed and answered exactly as it stands here. */
export interface Verdict {
  /** `market/interval@ts#model`: writing it twice is harmless. */
  readonly id: string
  readonly market: Market
  /** `1m`, `1h`, `1d`. */
  readonly interval: string
  /** The bar's open, ISO 8601 UTC, as exchanges show it. */
  readonly date: string
  /** The bar's close, which orders it. */
  readonly ts: Ms
  readonly status: Status
  readonly isAnomaly: boolean
  readonly severity: Severity | null
  readonly lane: Lane | null
  /** The share of past bars at least as strange; null while there is no opinion. */
  readonly pValue: number | null
  /** One sentence that a trader would say. */
  readonly because: string
  /** null unless the status is `feed-fault`. */
  readonly fault: FeedFault | null
  readonly bar: Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>
  /** null while warming up or when no forecast was made for this very bar. */
  readonly high: PriceOutcome | null
  readonly low: PriceOutcome | null
  /** Which of the two prices left its forecast further; the sentence speaks of that one. null where there was no forecast. */
  readonly side: 'high' | 'low' | null
  /** Those that may decide; where something is said of the bar, all that looked on too. */
  readonly detectors: readonly DetectorOpinion[]
  /** Who made the forecast that this bar was judged by, and how both have fared before it. null where there was no forecast. */
  readonly skill: Skill | null
  /** The budget that it was judged by. */
  readonly alarmsPerWeek: number
  /** Of that budget, what went to rows that are hard to believe. */
  readonly feedShare: number
  readonly model: { readonly name: string; readonly version: string }
  /** The forecast of the bar that follows; null until there is enough past. */
  readonly next: (Forecast & { readonly date: string }) | null
}

/** How the market moved against the forecast: out of the 90 % range at one end, or at both. */
export type Move = 'fall' | 'rise' | 'swing'

/** Alarms that belong together: one event, as a trader would tell it. Times are opens of bars, ISO 8601 UTC. */
export interface Episode {
  /** The id of the verdict that began it. */
  readonly id: string
  readonly market: string
  readonly interval: string
  readonly lane: Lane
  readonly type: Move
  readonly start: string
  /** The rarest bar. */
  readonly peak: string
  /** The last bar that alarmed. */
  readonly end: string
  /** The bar after which it was over: no alarm for six hours. null while it may go on. */
  readonly recovered: string | null
  readonly alarms: number
  /** Of its peak, as all that follows. */
  readonly severity: Severity
  readonly pValue: number
  /** Signed distance of the price that gave it away from what was expected, as a share; null without a forecast. */
  readonly size: number | null
  /** How many of the detectors see it, whoever decides included. */
  readonly seenBy: number
  readonly detectors: number
  readonly because: string
}

/** A row that was not believed, in the words of an episode; it is one bar. */
export interface Fault
  extends Pick<Episode, 'id' | 'market' | 'interval' | 'size' | 'seenBy' | 'detectors' | 'because'> {
  readonly type: FeedFault['kind']
  /** The bar's open, ISO 8601 UTC. */
  readonly date: string
  /** null where no score was asked for. */
  readonly pValue: number | null
}

/** What a person said of a bar that alarmed, or of one that should have. */
export interface Label {
  readonly market: Market
  readonly interval: string
  /** The bar's open, ISO 8601 UTC. */
  readonly date: string
  readonly mark: 'right' | 'wrong' | 'missed'
  readonly note: string
}

/** A bar and what was said of it: they are written together or not at all. */
export interface Step {
  readonly bar: Bar
  readonly verdict: Verdict
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

/** Bar in, verdict out: synchronous, no I/O. The same object runs live, in replay and in backtest. */
export interface Pipeline {
  /** The budget of alarms. It counts from the next bar on; what is learned doesn't depend on it. */
  alarmsPerWeek: number
  /** Of each forecaster's misses, oldest first: what its share of the budget is counted over. */
  readonly scores: Readonly<Record<Skill['by'], readonly number[]>>
  step(bar: Bar): Verdict
  /** Takes in a bar of the past that nobody asks a verdict about: what is usual and what is rare is learned of it, nothing said. */
  warmUp(bar: Bar): void
  save(): Uint8Array
  /** Throws ERR_SNAPSHOT_LAYOUT for what another version of the program saved; nothing is changed then. */
  load(state: Uint8Array): void
}

/** At-least-once: a rejection means "send it again". */
export interface Sink<T> {
  readonly name: string
  write(batch: readonly T[]): Promise<void>
}

/** A replay of past rows that the simulator posts, and that any page steers. */
export interface Replay {
  readonly id: string
  readonly market: Market
  readonly interval: string
  readonly source: { readonly kind: 'csv' | 'download' | 'synthetic'; readonly name: string }
  /** Opens of the first and the last row to post, ISO 8601 UTC. */
  readonly from: string
  readonly to: string
  readonly state: 'playing' | 'paused' | 'finished' | 'stopped'
  /** Time between two rows; 0 = as fast as it goes. */
  readonly everyMs: number
  /** Rows that open before this are posted without waiting; null when there is nothing to catch up. ISO 8601 UTC. */
  readonly seek: string | null
  /** Rows asked for one by one, in all: whoever posts them remembers how many it has seen to. */
  readonly steps: number
  /** Goes as fast as it can, a row at a time, and pauses at the first anomaly or feed fault; null: goes on and on. */
  readonly until: 'anomaly' | null
  /** Open of the newest bar in sight while judged ones are watched again; null: the newest there is. ISO 8601 UTC. */
  readonly at: string | null
  /** Counts the changes: of two copies the higher is the newer. */
  readonly revision: number
}
