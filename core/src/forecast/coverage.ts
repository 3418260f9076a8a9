import { known, nth } from '../nth.ts'
import { ScoreWindow } from '../stats/score-window.ts'
import type { Quantiles } from '../types.ts'
import { at } from './quantiles.ts'

const promised = 0.9
// Three weeks of hours: long enough for one outcome in twenty a side, short enough to follow a change of regime.
const windowBars = 500
const leastBars = 100

/**
 * Holds a 90 % range to its promise through changes of regime: it is widened, or narrowed, by what the last 500 outcomes
 * would have needed. Conformalised quantile regression over a rolling window, after Romano, Patterson & Candès 2019.
 */
export class Coverage extends ScoreWindow {
  readonly #leastBars: number

  /** `least`: below so many outcomes nothing is widened. */
  constructor(scores: readonly number[] = [], least = leastBars) {
    super(windowBars, scores)
    this.#leastBars = least
  }

  /** To be added on both sides, in the units of the quantiles. 0 while too little is known. */
  get widening(): number {
    const n = this.window.size
    if (n < this.#leastBars) return 0
    return known(this.window.smallest(Math.min(n, Math.ceil(promised * (n + 1)))))
  }

  /** `quantiles` as they were forecast, before any widening. */
  learn(quantiles: Quantiles, outcome: number): void {
    this.window.push(Math.max(nth(quantiles, at.lower) - outcome, outcome - nth(quantiles, at.upper)))
  }
}
