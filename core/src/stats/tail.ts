import { ScoreWindow } from './score-window.ts'

// Twelve weeks of hours, as for the p-values that are shown.
const windowBars = 2_000
const leastScores = 100
// One in a hundred of two thousand scores: enough of them to tell how the tail falls.
const tailShare = 0.01

/**
 * ln p of a score that is to be combined with others. A conformal p-value cannot be less than one in as many scores as are
 * known, so that all of the strangest bars would be equals; beyond the largest score this one falls on exponentially, by
 * the mean excess of the largest hundredth (Pickands 1975, with shape 0). It orders what is rarer than ever before, and
 * promises no rate there.
 */
export class Tail extends ScoreWindow {
  constructor(scores: readonly number[] = []) {
    super(windowBars, scores)
  }

  /** null until 100 scores are known. */
  lnP(score: number): number | null {
    const known = this.window.size
    if (known < leastScores) return null
    const larger = this.window.countAtLeast(score)
    const lnP = Math.log((1 + larger) / (1 + known))
    if (larger > 0) return lnP
    const count = Math.max(2, Math.round(tailShare * known))
    const [edge = score, ...beyond] = this.window.largest(count + 1)
    const largest = beyond.at(-1) ?? edge
    const meanExcess = beyond.reduce((sum, x) => sum + x - edge, 0) / count
    return meanExcess > 0 ? lnP - (score - largest) / meanExcess : lnP
  }

  learn(score: number): void {
    this.window.push(score)
  }
}
