import { AlarmBudget, type BudgetConfig } from '../decide/budget.ts'
import { makeRarity, type Rarity } from '../decide/rarity.ts'
import { severity } from '../decide/severity.ts'
import { first } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { DetectorOpinion, Ms, Severity } from '../types.ts'

/** The past scores of one judge. They give the rarity of the next score and the level at which the budget lets it alarm. */
export class ScoreHistory {
  readonly #rarity: Rarity
  readonly #budget: AlarmBudget

  /** `scores`: those of bars before the first one, oldest first. `areCounted`: false for bars of another length. */
  constructor(config: BudgetConfig, scores: readonly number[] = [], areCounted = true) {
    this.#rarity = makeRarity(config.intervalMs)
    this.#budget = new AlarmBudget(config)
    for (const score of scores) this.learn(score, null, areCounted)
  }

  /** Another budget counts from the next score on. */
  change(alarmsPerWeek: number, mergeMs: Ms): void {
    this.#budget.change(alarmsPerWeek, mergeMs)
  }

  /** null while too few scores are known to say how rare one is. */
  judge(id: string, score: number): DetectorOpinion | null {
    const pValue = this.#rarity.pValue(score)
    return pValue === null ? null : opinionOf(id, score, pValue)
  }

  /** A score at or above it alarms; null while too few are known, or while the budget is 0. */
  get threshold(): number | null {
    return this.#budget.threshold
  }

  /** The severity of a score that alarms. */
  severity(score: number): Severity {
    return severity(score, share => this.#budget.thresholdOf(share))
  }

  /**
   * Learns the score of the bar that closed at `ts`; null for one before the first that has a time. `isCounted`: false for a
   * bar of another length. It says roughly how rare a score is, but not how many alarms a week has.
   */
  learn(score: number, ts: Ms | null, isCounted = true): void {
    this.#rarity.learn(score)
    if (isCounted) this.#budget.learn(score, ts)
  }

  save(): Uint8Array {
    return pack([this.#rarity.save(), this.#budget.save()])
  }

  load(state: Uint8Array): void {
    const [rarity, budget] = first(unpack(state), 2)
    this.#rarity.load(rarity)
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
