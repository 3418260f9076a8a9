import { AlarmBudget } from '../decide/budget.ts'
import { Conformal } from '../decide/conformal.ts'
import { known } from '../nth.ts'
import type { DetectorOpinion, Ms } from '../types.ts'

/** A bar's score, how rare it is, and whether the budget lets it alarm. */
export interface Judgement extends DetectorOpinion {
  readonly alarms: boolean
  /** The p-value of a score that just alarms. */
  readonly level: number
}

/** The past scores of one judge. They give the rarity of the next score and the level at which the budget lets it alarm. */
export class ScoreHistory {
  readonly #calibrator: Conformal
  readonly #budget: AlarmBudget

  constructor(alarmsPerWeek: number, intervalMs: Ms, scores: readonly number[] = []) {
    this.#calibrator = new Conformal(scores)
    this.#budget = new AlarmBudget(alarmsPerWeek, intervalMs, scores)
  }

  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#budget.alarmsPerWeek = alarmsPerWeek
  }

  /** null while too few scores are known to say how rare one is. */
  judge(id: string, score: number): Judgement | null {
    const pValue = this.#calibrator.pValue(score)
    if (pValue === null) return null
    const { threshold } = this.#budget
    return {
      ...opinionOf(id, score, pValue),
      alarms: threshold !== null && score >= threshold,
      level: threshold === null ? 0 : known(this.#calibrator.pValue(threshold)),
    }
  }

  learn(score: number): void {
    this.#calibrator.learn(score)
    this.#budget.learn(score)
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.#calibrator.scores
  }

  /** The scores that the budget counts, oldest first: more of them than the calibrator keeps. */
  get counted(): readonly number[] {
    return this.#budget.scores
  }

  save(): readonly [calibrator: Uint8Array, budget: Uint8Array] {
    return [this.#calibrator.save(), this.#budget.save()]
  }

  load(calibrator: Uint8Array, budget: Uint8Array): void {
    this.#calibrator.load(calibrator)
    this.#budget.load(budget)
  }
}

/** An opinion with as many digits as are shown. */
export function opinionOf(id: string, score: number, pValue: number): DetectorOpinion {
  return { id, score: sixDigits(score), pValue: Number(pValue.toPrecision(4)), share: 0 }
}

export function sixDigits(x: number): number {
  return Number(x.toPrecision(6))
}
