import type { BudgetConfig } from '../decide/budget.ts'
import { missOf, type Residual, type ResidualDetector } from '../detectors/residual.ts'
import type { HighLow, Standing } from '../forecast/prices.ts'
import { first, known } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, DetectorOpinion, Levels, Ms, Severity } from '../types.ts'
import { ScoreHistory, sixDigits } from './score-history.ts'

const none: Levels = { above: null, below: null }

/** A detector and its past scores. It learns from every bar, whether it drives or not. */
export class Judge {
  readonly #detector: ResidualDetector
  readonly #past: ScoreHistory

  /** `scores`: those of past bars, oldest first. `areCounted`: false for bars of another length. */
  constructor(detector: ResidualDetector, scores: readonly number[], config: BudgetConfig, areCounted = true) {
    this.#detector = detector
    this.#past = new ScoreHistory(config, scores, areCounted)
  }

  /** Another budget counts from the next bar on. */
  change(alarmsPerWeek: number, mergeMs: Ms): void {
    this.#past.change(alarmsPerWeek, mergeMs)
  }

  /** null while too few scores are known to say how rare one is. */
  judge(expected: HighLow, standing: Standing, bar: Bar): DetectorOpinion | null {
    return this.#past.judge(this.#detector.id, this.score(expected, standing, bar))
  }

  /** Rounded as it is shown, so that every alarm can be reproduced from the verdicts. */
  score(expected: HighLow, standing: Standing, bar: Bar): number {
    return this.#scoreOf(missOf(expected, standing, bar))
  }

  /** The prices at which the next bar alarms, given its forecast. */
  levels(expected: HighLow, standing: Standing): Levels {
    const { threshold } = this.#past
    return threshold === null ? none : this.#detector.levels(expected, standing, leastRoundedTo(threshold))
  }

  /** The severity of a score that alarms. */
  severity(score: number): Severity {
    return this.#past.severity(score)
  }

  /** A bar that is not believed as it stands teaches what is usual, and no score. */
  learn(expected: HighLow, standing: Standing, bar: Bar, isBelieved: boolean): void {
    const features = missOf(expected, standing, bar)
    if (isBelieved) this.#past.learn(this.#scoreOf(features), bar.ts)
    this.#detector.learn(features)
  }

  #scoreOf(features: Residual): number {
    return sixDigits(known(this.#detector.score(features)))
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

/** The least score that has this one when it is rounded to six digits. */
function leastRoundedTo(score: number): number {
  if (score === 0) return 0
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(score))) - 5)
  // Below a power of ten the digits are ten times as fine.
  const isPower = score > 0 && score / unit < 100_000.5
  return score - (isPower ? unit / 10 : unit) / 2
}
