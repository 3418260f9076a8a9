import { AlarmBudget } from '../decide/budget.ts'
import { Conformal } from '../decide/conformal.ts'
import { type Residual, residual } from '../detectors/residual.ts'
import type { ResidualCalibration } from '../forecast/artifact.ts'
import type { HighLow, Standing } from '../forecast/prices.ts'
import { pack, unpack } from '../stats/pack.ts'
import type { Bar, DetectorOpinion, Ms } from '../types.ts'

/** A bar's score, how rare it is, and whether the budget lets it alarm. */
export interface Judgement extends DetectorOpinion {
  readonly alarms: boolean
  /** The p-value of a score that just alarms. */
  readonly level: number
}

/** A detector, its calibrator and its budget. It learns of every bar, whether it drives or not. */
export class Judge {
  readonly #detector
  readonly #calibrator: Conformal
  readonly #budget: AlarmBudget

  constructor(id: string, calibration: ResidualCalibration, alarmsPerWeek: number, intervalMs: Ms) {
    const { residualOverScale, residual: scores } = calibration
    this.#detector = residual(id, residualOverScale)
    this.#calibrator = new Conformal(scores)
    this.#budget = new AlarmBudget(alarmsPerWeek, intervalMs, scores)
  }

  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#budget.alarmsPerWeek = alarmsPerWeek
  }

  /** null while too few scores are known to say how rare one is. */
  score(expected: HighLow, { scale }: Standing, bar: Bar): Judgement | null {
    const score = this.#score(beside(expected, scale, bar))
    return judgementOf(this.#detector.id, score, this.#calibrator, this.#budget)
  }

  learn(expected: HighLow, { scale }: Standing, bar: Bar): void {
    const features = beside(expected, scale, bar)
    const score = this.#score(features)
    this.#calibrator.learn(score)
    this.#budget.learn(score)
    this.#detector.learn(features)
  }

  /** Rounded as it is shown, so that whoever has the verdicts can find every alarm again. */
  #score(features: Residual): number {
    return sixDigits(this.#detector.score(features) as number)
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.#calibrator.scores
  }

  /** What the budget counts, oldest first: more of them than the calibrator keeps. */
  get counted(): readonly number[] {
    return this.#budget.scores
  }

  save(): Uint8Array {
    return pack([this.#detector.save(), this.#calibrator.save(), this.#budget.save()])
  }

  load(state: Uint8Array): void {
    const [detector, calibrator, budget] = unpack(state) as [Uint8Array, Uint8Array, Uint8Array]
    this.#detector.load(detector)
    this.#calibrator.load(calibrator)
    this.#budget.load(budget)
  }
}

/** null while the calibrator knows too few scores to say how rare one is. */
export function judgementOf(
  id: string,
  score: number,
  calibrator: Conformal,
  { threshold }: AlarmBudget,
): Judgement | null {
  const pValue = calibrator.pValue(score)
  if (pValue === null) return null
  return {
    ...opinionOf(id, score, pValue),
    alarms: threshold !== null && score >= threshold,
    level: threshold === null ? 0 : (calibrator.pValue(threshold) as number),
  }
}

/** With as many digits as are shown. */
export function opinionOf(id: string, score: number, pValue: number): DetectorOpinion {
  return { id, score: sixDigits(score), pValue: Number(pValue.toPrecision(4)), share: 0 }
}

export function sixDigits(x: number): number {
  return Number(x.toPrecision(6))
}

export function beside({ high, low }: HighLow, scale: number, bar: Bar): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale,
  }
}
