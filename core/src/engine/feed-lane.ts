import { feed, type Testimony } from '../detectors/feed.ts'
import type { Sizes } from '../detectors/sizes.ts'
import type { FeedCalibration } from '../forecast/artifact.ts'
import { first } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Ms } from '../types.ts'
import { type Judgement, ScoreHistory, sixDigits } from './score-history.ts'

/** Is this row believable at all? The feed detector, with past scores and a share of the budget of its own. */
export class FeedLane {
  readonly #detector = feed('feed')
  readonly #past: ScoreHistory

  /** `past`: sizes of the last validation bars, so that the first live bar has an opinion. */
  constructor(past: FeedCalibration, alarmsPerWeek: number, intervalMs: Ms) {
    this.#past = new ScoreHistory(alarmsPerWeek, intervalMs)
    for (const [range, wick, move, volume] of past) this.learn({ range, wick, move, volume })
  }

  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#past.alarmsPerWeek = alarmsPerWeek
  }

  /** null while too few bars are known. */
  score(sizes: Sizes): Judgement | null {
    const score = this.#score(sizes)
    return score === null ? null : this.#past.judge(this.#detector.id, score)
  }

  testimonies(sizes: Sizes): readonly Testimony[] {
    return this.#detector.testimonies(sizes)
  }

  learn(sizes: Sizes): void {
    const score = this.#score(sizes)
    if (score !== null) this.#past.learn(score)
    this.#detector.learn(sizes)
  }

  /** Rounded as it is shown, so that every alarm can be reproduced from the verdicts. */
  #score(sizes: Sizes): number | null {
    const score = this.#detector.score(sizes)
    return score === null ? null : sixDigits(score)
  }

  save(): Uint8Array {
    return pack([this.#detector.save(), ...this.#past.save()])
  }

  load(state: Uint8Array): void {
    const [detector, calibrator, budget] = first(unpack(state), 3)
    this.#detector.load(detector)
    this.#past.load(calibrator, budget)
  }
}
