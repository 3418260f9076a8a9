import { explain, explainUnlikely } from '../decide/explain.ts'
import { severity } from '../decide/severity.ts'
import { worseSide } from '../detectors/residual.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import type { Bar, DetectorOpinion, FeedFault, Market, Ms, Pipeline, Verdict } from '../types.ts'
import { FeedLane, rowOf } from './feed-lane.ts'
import { badTick, type Outcome, withoutTick } from './feed-state.ts'
import { beside, Judge, type Judgement } from './judge.ts'
import type { Pending } from './outlook.ts'
import { pack, unpack } from './snapshot.ts'

export interface LanesConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many alarms a week the user will stand; those within six hours of one another count as one. */
  readonly alarmsPerWeek: number
  /** Of that budget, what goes to rows that are hard to believe; a tenth by default. */
  readonly feedShare?: number
}

/** What differs between verdicts; the rest is the bar itself. */
export type Finding = Omit<
  Verdict,
  'id' | 'market' | 'interval' | 'date' | 'ts' | 'bar' | 'alarmsPerWeek' | 'model' | 'next'
>

// Faults are rarer than moves, and gaps, stuck feeds and bad ticks cost no budget at all.
const usualFeedShare = 0.1

/**
 * Both lanes over one bar and its forecast. Market: is this move out of proportion? Two judges, the model's and the naive
 * forecast's, of which the skill gate lets one speak. Feed: is this row believable at all?
 */
export class Lanes {
  readonly #config: LanesConfig
  readonly #judges: Readonly<Record<'model' | 'naive', Judge>>
  readonly #feed: FeedLane
  readonly #feedShare: number
  #alarmsPerWeek: number

  constructor({ calibration }: Model, config: LanesConfig) {
    const { alarmsPerWeek, intervalMs, feedShare = usualFeedShare } = config
    const ofMarket = alarmsPerWeek * (1 - feedShare)
    this.#config = config
    this.#judges = {
      model: new Judge('residual', calibration.model, ofMarket, intervalMs),
      naive: new Judge('naive-residual', calibration.naive, ofMarket, intervalMs),
    }
    this.#feed = new FeedLane(calibration.feed, alarmsPerWeek * feedShare, intervalMs)
    this.#feedShare = feedShare
    this.#alarmsPerWeek = alarmsPerWeek
  }

  get alarmsPerWeek(): number {
    return this.#alarmsPerWeek
  }

  /** Counts from the next bar on; what was learned so far owes nothing to it. */
  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#alarmsPerWeek = alarmsPerWeek
    for (const judge of Object.values(this.#judges)) judge.alarmsPerWeek = alarmsPerWeek * (1 - this.#feedShare)
    this.#feed.alarmsPerWeek = alarmsPerWeek * this.#feedShare
  }

  /** What each judge's budget counts, oldest first. */
  get scores(): Pipeline['scores'] {
    return { model: this.#judges.model.counted, naive: this.#judges.naive.counted }
  }

  /** What is said of the bar, and the bar as it is to be learned: a bad tick is cut off it. Changes nothing. */
  judge(bar: Bar, made: Pending): { readonly finding: Finding; readonly learned: Bar } {
    const { forecast, standing, skill } = made
    const opinions = {
      model: this.#judges.model.score(made.model, standing, bar),
      naive: this.#judges.naive.score(made.naive, standing, bar),
    }
    const heard = this.#feed.score(rowOf(made, bar))
    const driver = opinions[forecast.by]
    const outcome: Outcome = {
      bar,
      high: toOutcome(forecast.high, bar.high),
      low: toOutcome(forecast.low, bar.low),
      side: worseSide(beside(forecast, standing.scale, bar)),
      scale: standing.scale,
      volumeRatio: bar.volume / Math.max(standing.usualVolume, Number.MIN_VALUE),
    }
    // Whatever the budget: what is learned of a bar must not depend on how many alarms someone wants.
    const tick = badTick(outcome)
    const fault = tick ?? (driver?.alarms ? null : unlikely(heard?.lane, this.#config.intervalMs))
    const detectors = [...Object.values(opinions), ...(heard?.opinions ?? [])].flatMap(plain)
    const said = this.#say(outcome, driver, fault, detectors)
    const pValue = fault?.kind === 'unlikely' ? (heard?.lane.pValue ?? null) : (driver?.pValue ?? null)
    const { high, low, side } = outcome
    const finding = { ...said, pValue, fault, high, low, side, detectors, skill }
    return { finding, learned: tick ? withoutTick(outcome) : bar }
  }

  #say(outcome: Outcome, driver: Judgement | null, fault: FeedFault | null, opinions: readonly DetectorOpinion[]) {
    const pValue = driver?.pValue ?? null
    const isAnomaly = driver?.alarms === true && fault === null
    const { market, intervalMs } = this.#config
    const { bar, high, low, side, volumeRatio } = outcome
    const told = {
      market,
      intervalMs,
      open: bar.open,
      close: bar.close,
      high,
      low,
      side,
      pValue,
      isAnomaly,
      volumeRatio,
    }
    const because = fault?.evidence ?? explain({ ...told, by: driver?.id ?? null, opinions })
    const severe = isAnomaly ? severity(driver.pValue, driver.level) : null
    if (fault) return { status: 'feed-fault' as const, isAnomaly, severity: severe, lane: 'feed' as const, because }
    if (isAnomaly) return { status: 'anomaly' as const, isAnomaly, severity: severe, lane: 'market' as const, because }
    const status = pValue === null ? ('warming-up' as const) : ('normal' as const)
    return { status, isAnomaly, severity: severe, lane: null, because }
  }

  learn(bar: Bar, made: Pending): void {
    this.#judges.model.learn(made.model, made.standing, bar)
    this.#judges.naive.learn(made.naive, made.standing, bar)
    this.#feed.learn(rowOf(made, bar))
  }

  save(): Uint8Array {
    return pack([this.#judges.model.save(), this.#judges.naive.save(), this.#feed.save()])
  }

  load(state: Uint8Array): void {
    const [byModel, byNaive, feed] = unpack(state) as [Uint8Array, Uint8Array, Uint8Array]
    this.#judges.model.load(byModel)
    this.#judges.naive.load(byNaive)
    this.#feed.load(feed)
  }
}

function unlikely(lane: Judgement | undefined, intervalMs: Ms): FeedFault | null {
  return lane?.alarms ? { kind: 'unlikely', evidence: explainUnlikely(lane.pValue, intervalMs) } : null
}

function plain(opinion: DetectorOpinion | null): DetectorOpinion[] {
  return opinion === null ? [] : [{ id: opinion.id, score: opinion.score, pValue: opinion.pValue }]
}
