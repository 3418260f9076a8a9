import { reasonOf } from '../decide/reason.ts'
import { severity } from '../decide/severity.ts'
import type { Testimony } from '../detectors/feed.ts'
import { type Observation, observationOf } from '../detectors/observation.ts'
import { registry } from '../detectors/registry.ts'
import { missOf, worseSide } from '../detectors/residual.ts'
import { type Sizes, sizesOf } from '../detectors/sizes.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import { first, nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, DetectorOpinion, FaultReason, Market, Ms, Pipeline, Verdict } from '../types.ts'
import { FeedLane } from './feed-lane.ts'
import { badTick, type Outcome, withoutTick } from './feed-state.ts'
import { Judge } from './judge.ts'
import { Observers } from './observers.ts'
import type { Pending } from './outlook.ts'
import { type Judgement, opinionOf } from './score-history.ts'

export interface LanesConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many alarms per week the user accepts; those within six hours of one another count as one. */
  readonly alarmsPerWeek: number
  /** The share of that budget for rows that are hard to believe; a tenth by default. */
  readonly feedShare?: number
}

/** The part of a verdict that follows from judging; the rest is the bar itself. */
export type Finding = Omit<
  Verdict,
  'id' | 'market' | 'interval' | 'date' | 'ts' | 'bar' | 'alarmsPerWeek' | 'feedShare' | 'model' | 'next'
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

  constructor({ calibration }: Model, config: LanesConfig) {
    const { alarmsPerWeek, intervalMs, feedShare = usualFeedShare } = config
    const ofMarket = alarmsPerWeek * (1 - feedShare)
    const { model, naive } = calibration
    this.#config = config
    this.#judges = {
      model: new Judge(registry.residual.make(calibration), model.residual, ofMarket, intervalMs),
      naive: new Judge(registry['naive-residual'].make(calibration), naive.residual, ofMarket, intervalMs),
    }
    this.#feed = new FeedLane(calibration.feed, alarmsPerWeek * feedShare, intervalMs)
    this.#observers = new Observers(calibration)
    this.#feedShare = feedShare
    this.#alarmsPerWeek = alarmsPerWeek
  }

  get alarmsPerWeek(): number {
    return this.#alarmsPerWeek
  }

  /** Counts from the next bar on; what was learned so far does not depend on it. */
  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#alarmsPerWeek = alarmsPerWeek
    this.#share()
  }

  get feedShare(): number {
    return this.#feedShare
  }

  /** Counts from the next bar on, as the budget does. At 0 no row is too unlikely, at 1 no move is an alarm. */
  set feedShare(feedShare: number) {
    this.#feedShare = feedShare
    this.#share()
  }

  #share(): void {
    const [alarmsPerWeek, feedShare] = [this.#alarmsPerWeek, this.#feedShare]
    for (const judge of Object.values(this.#judges)) judge.alarmsPerWeek = alarmsPerWeek * (1 - feedShare)
    this.#feed.alarmsPerWeek = alarmsPerWeek * feedShare
  }

  /** The scores that each judge's budget counts, oldest first. */
  get scores(): Pipeline['scores'] {
    return { model: this.#judges.model.counted, naive: this.#judges.naive.counted }
  }

  /** Judges the bar and returns it as it is to be learned: without a bad tick. Changes nothing. */
  judge(bar: Bar, made: Pending): { readonly finding: Finding; readonly learned: Bar } {
    const { forecast, standing, scaled, skill } = made
    const { intervalMs } = this.#config
    const outcome = outcomeOf(bar, made)
    const sizes = sizesOf(standing, scaled.model, bar)
    const judges = {
      model: this.#judges.model.score(made.model, standing, bar),
      naive: this.#judges.naive.score(made.naive, standing, bar),
    }
    const feed = this.#feed.score(sizes)
    const driver = judges[forecast.by]
    // Independent of the budget: learning from a bar must not depend on how many alarms somebody accepts.
    const tick = badTick(outcome)
    const isUnlikely = !tick && !driver?.alarms && feed?.alarms === true
    const testimonies = isUnlikely ? this.#feed.testimonies(sizes) : []
    const fault = isUnlikely ? unlikely(sizes, testimonies, feed.pValue, intervalMs) : tick
    const isReported = fault !== null || driver?.alarms === true
    const detectors = [
      ...[judges.model, judges.naive, feed].flatMap(one => (one ? [plain(one, one === driver && !fault ? 1 : 0)] : [])),
      ...testimonies.map(({ id, score, pValue, share }) => plain(opinionOf(id, score, pValue), share)),
      ...(isReported ? this.#observers.opinions(this.#observed(bar, made)) : []),
    ]
    const decided = this.#decide(outcome, driver, fault, detectors)
    const pValue = (isUnlikely ? feed : driver)?.pValue ?? null
    const { high, low, side } = outcome
    const finding = { ...decided, pValue, fault: fault && { kind: fault.code }, high, low, side, detectors, skill }
    return { finding, learned: tick ? withoutTick(outcome) : bar }
  }

  /** The bar as it is to be learned: without a bad tick. */
  learned(bar: Bar, made: Pending): Bar {
    const outcome = outcomeOf(bar, made)
    return badTick(outcome) ? withoutTick(outcome) : bar
  }

  #decide(outcome: Outcome, driver: Judgement | null, fault: FaultReason | null, opinions: readonly DetectorOpinion[]) {
    const pValue = driver?.pValue ?? null
    const isAnomaly = driver?.alarms === true && fault === null
    const { intervalMs } = this.#config
    const { bar, high, low, side, volumeRatio } = outcome
    const prices = { open: bar.open, close: bar.close, high, low, side, volumeRatio }
    const by = driver?.id ?? null
    const reason = fault ?? reasonOf({ intervalMs, ...prices, pValue, isAnomaly, by, opinions })
    const severe = isAnomaly ? severity(driver.pValue, driver.level) : null
    if (fault) return { status: 'feed-fault' as const, isAnomaly, severity: severe, lane: 'feed' as const, reason }
    if (isAnomaly) return { status: 'anomaly' as const, isAnomaly, severity: severe, lane: 'market' as const, reason }
    const status = pValue === null ? ('warming-up' as const) : ('normal' as const)
    return { status, isAnomaly, severity: severe, lane: null, reason }
  }

  learn(bar: Bar, made: Pending): void {
    const { standing, scaled } = made
    this.#judges.model.learn(made.model, standing, bar)
    this.#judges.naive.learn(made.naive, standing, bar)
    this.#feed.learn(sizesOf(standing, scaled.model, bar))
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
