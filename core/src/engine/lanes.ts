import { mergeWindow } from '../decide/merge-window.ts'
import { reasonOf } from '../decide/reason.ts'
import type { Testimony } from '../detectors/feed.ts'
import { type Observation, observationOf } from '../detectors/observation.ts'
import { registry } from '../detectors/registry.ts'
import { missOf, worseSide } from '../detectors/residual.ts'
import { type Sizes, sizesOf } from '../detectors/sizes.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import { first, nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, DetectorOpinion, FaultReason, Levels, Market, Ms, Severity, Verdict } from '../types.ts'
import { FeedLane } from './feed-lane.ts'
import { badTick, type Outcome, withoutTick } from './feed-state.ts'
import { Judge } from './judge.ts'
import { Observers } from './observers.ts'
import type { Pending } from './outlook.ts'
import { opinionOf } from './score-history.ts'

export interface LanesConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many alarms per week the user accepts; those near one another count as one. */
  readonly alarmsPerWeek: number
  /** How near: by default what `mergeWindow` says of the budget. */
  readonly mergeMs?: Ms
  /** The share of that budget for rows that are hard to believe; a tenth by default. */
  readonly feedShare?: number
}

/** The part of a verdict that follows from judging; the rest is the bar itself. */
export type Finding = Omit<
  Verdict,
  'id' | 'market' | 'interval' | 'date' | 'ts' | 'bar' | 'alarmsPerWeek' | 'mergeMs' | 'feedShare' | 'model' | 'next'
>

// Faults are rarer than moves, and gaps, stuck feeds and bad ticks cost no budget at all.
const usualFeedShare = 0.1

/**
 * Both lanes over one bar and its forecast. Market: is this move out of proportion? Two judges, the model's and the naive
 * forecast's, of which the skill gate lets one decide. Feed: is this row believable at all? All other detectors observe.
 */
export class Lanes {
  readonly #config: LanesConfig
  readonly #judges: Readonly<Record<'model' | 'naive', Judge>>
  readonly #feed: FeedLane
  readonly #observers: Observers
  #feedShare: number
  #alarmsPerWeek: number

  constructor({ calibration, intervalMs: trainedOn }: Model, config: LanesConfig) {
    const { alarmsPerWeek, intervalMs, feedShare = usualFeedShare } = config
    const budget = (share: number) => ({ alarmsPerWeek: share * alarmsPerWeek, intervalMs, mergeMs: this.mergeMs })
    const { model, naive } = calibration
    this.#config = config
    this.#alarmsPerWeek = alarmsPerWeek
    this.#feedShare = feedShare
    const ofMarket = budget(1 - feedShare)
    // The scores of hours say nothing about how often minutes reach one.
    const areCounted = trainedOn === undefined || trainedOn === intervalMs
    this.#judges = {
      model: new Judge(registry.residual.make(calibration, intervalMs), model.residual, ofMarket, areCounted),
      naive: new Judge(registry['naive-residual'].make(calibration, intervalMs), naive.residual, ofMarket, areCounted),
    }
    this.#feed = new FeedLane(calibration.feed, budget(feedShare), areCounted)
    this.#observers = new Observers(calibration, intervalMs)
  }

  get alarmsPerWeek(): number {
    return this.#alarmsPerWeek
  }

  /** Counts from the next bar on; what was learned so far does not depend on it. */
  set alarmsPerWeek(alarmsPerWeek: number) {
    if (alarmsPerWeek === this.#alarmsPerWeek) return
    this.#alarmsPerWeek = alarmsPerWeek
    this.#share()
  }

  get feedShare(): number {
    return this.#feedShare
  }

  /** Counts from the next bar on, as the budget does. At 0 no row is too unlikely, at 1 no move is an alarm. */
  set feedShare(feedShare: number) {
    if (feedShare === this.#feedShare) return
    this.#feedShare = feedShare
    this.#share()
  }

  #share(): void {
    const [alarmsPerWeek, feedShare] = [this.#alarmsPerWeek, this.#feedShare]
    for (const judge of Object.values(this.#judges)) judge.change((1 - feedShare) * alarmsPerWeek, this.mergeMs)
    this.#feed.change(feedShare * alarmsPerWeek, this.mergeMs)
  }

  /** Alarms within this time of one another are one episode. */
  get mergeMs(): Ms {
    return this.#config.mergeMs ?? mergeWindow(this.#alarmsPerWeek)
  }

  /** What is known of past scores: of the model's misses, of the naive forecast's, and of the feed. */
  get scores(): Uint8Array {
    return pack([this.#judges.model.scores, this.#judges.naive.scores, this.#feed.scores])
  }

  /** The prices at which the bar of this forecast alarms. */
  levels({ forecast, standing, model, naive }: Pending): Levels {
    const { by } = forecast
    return this.#judges[by].levels({ model, naive }[by], standing)
  }

  /** Judges the bar and returns it as it is to be learned: without a bad tick. Changes nothing. */
  judge(bar: Bar, made: Pending): { readonly finding: Finding; readonly learned: Bar } {
    const { forecast, standing, scaled, skill } = made
    const { intervalMs } = this.#config
    const outcome = outcomeOf(bar, made)
    const sizes = sizesOf(standing, scaled.model, bar)
    const judges = {
      model: this.#judges.model.judge(made.model, standing, bar),
      naive: this.#judges.naive.judge(made.naive, standing, bar),
    }
    const feed = this.#feed.judge(sizes)
    const driver = judges[forecast.by]
    const levels = this.levels(made)
    const alarms = driver !== null && isReached(levels, bar)
    // Independent of the budget: learning from a bar must not depend on how many alarms somebody accepts.
    const tick = badTick(outcome)
    const isUnlikely = !tick && !alarms && feed !== null && this.#feed.alarms(feed)
    const testimonies = isUnlikely ? this.#feed.testimonies(sizes) : []
    const fault = isUnlikely ? unlikely(sizes, testimonies, feed.pValue, intervalMs) : tick
    const isReported = fault !== null || alarms
    const detectors = [
      ...[judges.model, judges.naive, feed].flatMap(one => (one ? [plain(one, one === driver && !fault ? 1 : 0)] : [])),
      ...testimonies.map(({ id, score, pValue, share }) => plain(opinionOf(id, score, pValue), share)),
      ...(isReported ? this.#observers.opinions(this.#observed(bar, made)) : []),
    ]
    const severity = driver && alarms && !fault ? this.#judges[forecast.by].severity(driver.score) : null
    const decided = this.#decide(outcome, driver, severity, fault, detectors)
    const pValue = (isUnlikely ? feed : driver)?.pValue ?? null
    const { high, low, side } = outcome
    const outcomes = { high, low, side, alarmAbove: levels.above, alarmBelow: levels.below }
    const finding = { ...decided, pValue, fault: fault && { kind: fault.code }, ...outcomes, detectors, skill }
    return { finding, learned: tick ? withoutTick(outcome) : bar }
  }

  /** The bar as it is to be learned: without a bad tick. */
  learned(bar: Bar, made: Pending): Bar {
    const outcome = outcomeOf(bar, made)
    return badTick(outcome) ? withoutTick(outcome) : bar
  }

  /** `severity`: null for a bar that doesn't alarm in the market lane. */
  #decide(
    outcome: Outcome,
    driver: DetectorOpinion | null,
    severity: Severity | null,
    fault: FaultReason | null,
    opinions: readonly DetectorOpinion[],
  ) {
    const pValue = driver?.pValue ?? null
    const isAnomaly = severity !== null
    const { intervalMs } = this.#config
    const { bar, high, low, side, volumeRatio } = outcome
    const prices = { open: bar.open, close: bar.close, high, low, side, volumeRatio }
    const by = driver?.id ?? null
    const reason = fault ?? reasonOf({ intervalMs, ...prices, pValue, isAnomaly, by, opinions })
    if (fault) return { status: 'feed-fault' as const, isAnomaly, severity, lane: 'feed' as const, reason }
    if (isAnomaly) return { status: 'anomaly' as const, isAnomaly, severity, lane: 'market' as const, reason }
    const status = pValue === null ? ('warming-up' as const) : ('normal' as const)
    return { status, isAnomaly, severity, lane: null, reason }
  }

  /** `isBelieved`: false for a bar that is learned in another shape than it came in. */
  learn(bar: Bar, made: Pending, isBelieved: boolean): void {
    const { standing, scaled } = made
    this.#judges.model.learn(made.model, standing, bar, isBelieved)
    this.#judges.naive.learn(made.naive, standing, bar, isBelieved)
    this.#feed.learn(sizesOf(standing, scaled.model, bar), bar.ts, isBelieved)
    this.#observers.learn(this.#observed(bar, made))
  }

  #observed(bar: Bar, { standing, scaled, model, naive }: Pending): Observation {
    return observationOf(bar, { intervalMs: this.#config.intervalMs, standing, quantiles: scaled.model, model, naive })
  }

  save(): Uint8Array {
    const { model, naive } = this.#judges
    return pack([model.save(), naive.save(), this.#feed.save(), this.#observers.save()])
  }

  load(state: Uint8Array): void {
    const [model, naive, feed, observers] = first(unpack(state), 4)
    this.#judges.model.load(model)
    this.#judges.naive.load(naive)
    this.#feed.load(feed)
    this.#observers.load(observers)
  }
}

const isReached = ({ above, below }: Levels, { high, low }: Bar) =>
  (above !== null && high >= above) || (below !== null && low <= below)

function outcomeOf(bar: Bar, { forecast, standing }: Pending): Outcome {
  return {
    bar,
    high: toOutcome(forecast.high, bar.high),
    low: toOutcome(forecast.low, bar.low),
    side: worseSide(missOf(forecast, standing, bar)),
    scale: standing.scale,
    volumeRatio: bar.volume / Math.max(standing.usualVolume, Number.MIN_VALUE),
  }
}

function unlikely(sizes: Sizes, testimonies: readonly Testimony[], pValue: number, intervalMs: Ms): FaultReason {
  const surest = nth(
    [...testimonies].sort((a, b) => b.share - a.share),
    0,
  )
  return {
    code: 'unlikely',
    witness: surest.id,
    rangeRatio: Math.exp(sizes.range),
    volumeRatio: Math.exp(sizes.volume),
    pValue,
    intervalMs,
  }
}

function plain({ id, score, pValue }: DetectorOpinion, share: number): DetectorOpinion {
  return { id, score, pValue, share: Number(share.toFixed(3)) }
}
