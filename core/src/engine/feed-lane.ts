import type { BudgetConfig } from '../decide/budget.ts'
import { feed, type Testimony } from '../detectors/feed.ts'
import type { Sizes } from '../detectors/sizes.ts'
import type { FeedCalibration } from '../forecast/artifact.ts'
import { first } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { DetectorOpinion, Ms } from '../types.ts'
import { ScoreHistory, sixDigits } from './score-history.ts'

/** Is this row believable at all? The feed detector, with past scores and a share of the budget of its own. */
export class FeedLane {
  readonly #detector = feed('feed')
  readonly #past: ScoreHistory

  /** `past`: sizes of the last validation bars, so that the first live bar has an opinion. `areCounted`: false for bars of another length. */
  constructor(past: FeedCalibration, config: BudgetConfig, areCounted: boolean) {
    this.#past = new ScoreHistory(config)
    for (const [range, wick, move, volume] of past) {
      const sizes = { range, wick, move, volume }
      const score = this.#score(sizes)
      if (score !== null) this.#past.learn(score, null, areCounted)
      this.#detector.learn(sizes)
    }
  }

  /** Another budget counts from the next bar on. */
  change(alarmsPerWeek: number, mergeMs: Ms): void {
    this.#past.change(alarmsPerWeek, mergeMs)
  }

  /** null while too few bars are known. */
  judge(sizes: Sizes): DetectorOpinion | null {
    const score = this.#score(sizes)
    return score === null ? null : this.#past.judge(this.#detector.id, score)
  }

  /** True for the opinion of a row that the budget lets be reported. */
  alarms({ score }: DetectorOpinion): boolean {
    const { threshold } = this.#past
    return threshold !== null && score >= threshold
  }

  testimonies(sizes: Sizes): readonly Testimony[] {
    return this.#detector.testimonies(sizes)
  }

  /** `ts`: the close of the bar. What is not believed teaches no score. */
  learn(sizes: Sizes, ts: Ms, isBelieved: boolean): void {
    const score = isBelieved ? this.#score(sizes) : null
    if (score !== null) this.#past.learn(score, ts)
    this.#detector.learn(sizes)
  }

  /** Rounded as it is shown, so that every alarm can be reproduced from the verdicts. */
  #score(sizes: Sizes): number | null {
    const score = this.#detector.score(sizes)
    return score === null ? null : sixDigits(score)
  }

  /** All that is known of past scores. */
  get scores(): Uint8Array {
    return this.#past.save()
  }

  save(): Uint8Array {
    return pack([this.#detector.save(), this.#past.save()])
  }

  load(state: Uint8Array): void {
    const [detector, past] = first(unpack(state), 2)
    this.#detector.load(detector)
    this.#past.load(past)
  }
}
