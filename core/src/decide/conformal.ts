import { ScoreWindow } from '../stats/score-window.ts'
import type { Calibrator } from '../types.ts'

// Enough for one hour in 2,000, twelve weeks; few enough to follow a market that changes.
const windowBars = 2_000
// With fewer scores than this "one in a hundred" has no meaning.
const leastScores = 100

/**
 * Conformal p-value over the last 2,000 scores: (1 + how many were at least as large) / (1 + how many there are), which
 * is at most α in a share α of bars whatever the scores' distribution, while bars stay exchangeable. After Vovk et al. 2005
 * and Laxhammar & Falkman 2010. It learns every score as it stands, alarms too: one that learned only quiet bars would promise too much.
 *
 * @example
 * const calibrator = new Conformal()
 * const pValue = calibrator.pValue(score)
 * calibrator.learn(score)
 */
export class Conformal extends ScoreWindow implements Calibrator {
  constructor(scores: readonly number[] = []) {
    super(windowBars, scores)
  }

  pValue(score: number): number | null {
    if (this.window.size < leastScores) return null
    return (1 + this.window.countAtLeast(score)) / (1 + this.window.size)
  }

  learn(score: number): void {
    this.window.push(score)
  }
}
