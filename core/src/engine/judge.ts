import { missOf, type Residual } from '../detectors/residual.ts'
import type { HighLow, Standing } from '../forecast/prices.ts'
import { first, known } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, Detector, Ms } from '../types.ts'
import { type Judgement, ScoreHistory, sixDigits } from './score-history.ts'

/** A detector and its past scores. It learns from every bar, whether it drives or not. */
export class Judge {
  readonly #detector: Detector<Residual>
  readonly #past: ScoreHistory

  /** `scores`: those of past bars, oldest first. */
  constructor(detector: Detector<Residual>, scores: readonly number[], alarmsPerWeek: number, intervalMs: Ms) {
    this.#detector = detector
    this.#past = new ScoreHistory(alarmsPerWeek, intervalMs, scores)
  }

  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#past.alarmsPerWeek = alarmsPerWeek
  }

  /** null while too few scores are known to say how rare one is. */
  score(expected: HighLow, standing: Standing, bar: Bar): Judgement | null {
    return this.#past.judge(this.#detector.id, this.#score(missOf(expected, standing, bar)))
  }

  learn(expected: HighLow, standing: Standing, bar: Bar): void {
    const features = missOf(expected, standing, bar)
    this.#past.learn(this.#score(features))
    this.#detector.learn(features)
  }

  /** Rounded as it is shown, so that every alarm can be reproduced from the verdicts. */
  #score(features: Residual): number {
    return sixDigits(known(this.#detector.score(features)))
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.#past.scores
  }

  /** The scores that the budget counts, oldest first: more of them than `scores`. */
  get counted(): readonly number[] {
    return this.#past.counted
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
