import { Conformal } from '@candlewatch/core/decide/conformal'

// One in a hundred of two thousand scores: enough of them to tell how the tail falls.
const tailShare = 0.01

/**
 * ln p of a score that is to be combined with others. The conformal p-value cannot be less than one in as many scores as
 * are known, so that all of the strangest bars would be equals; beyond the largest score it falls on exponentially, by
 * the mean excess of the largest hundredth. It orders what is rarer than ever before, and promises no rate there.
 */
export class LnTail {
  readonly #calibrator = new Conformal()

  /** null until enough scores are known. */
  lnP(score: number): number | null {
    const p = this.#calibrator.pValue(score)
    if (p === null) return null
    const lnP = Math.log(p)
    const known = this.#calibrator.scores.length
    if (p * (known + 1) > 1.5) return lnP
    const sorted = [...this.#calibrator.scores].sort((a, b) => b - a)
    const count = Math.max(2, Math.round(tailShare * known))
    const edge = sorted[count] as number
    const meanExcess = sorted.slice(0, count).reduce((sum, x) => sum + x - edge, 0) / count
    return meanExcess > 0 ? lnP - (score - (sorted[0] as number)) / meanExcess : lnP
  }

  learn(score: number): void {
    this.#calibrator.learn(score)
  }

  save(): Uint8Array {
    return this.#calibrator.save()
  }

  load(state: Uint8Array): void {
    this.#calibrator.load(state)
  }
}
