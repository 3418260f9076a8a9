import { known } from '../../nth.ts'
import { SortedWindow } from '../../stats/sorted-window.ts'

/** Rows of which a score's rarity is known. */
export const tailRows = 4_000
const leastRows = 30
const [tailShare, leastTail] = [0.02, 10]
// A tail steeper than this would be the doing of a flat feed.
const leastSlope = 0.05
// The mean of a constant differs from it in the last bits: millionths are nothing.
const logOf = (score: number) => Math.log1p(Math.round(score * 1e6) / 1e6)

/**
 * How rare a score is among the last 4,000, and beyond them: the upper 2 % (ten at least) are a Pareto tail in 1 + score,
 * whose slope is read off its median and its 80 % point rather than its mean, so that a few anomalies don't widen it.
 * After Hill, Ann. Stat. 3(5), 1975.
 */
export class Tail {
  readonly #logs = new SortedWindow(tailRows)

  /** Natural logarithm of the p-value; null while fewer than 30 scores are known. */
  logP(score: number): number | null {
    const count = this.#logs.size
    if (count < leastRows) return null
    const tail = Math.max(leastTail, Math.ceil(tailShare * count))
    const log = logOf(score)
    const largest = (k: number) => known(this.#logs.smallest(count + 1 - k))
    const start = largest(tail + 1)
    if (log <= start) return Math.log((1 + this.#logs.countAtLeast(log)) / (1 + count))
    const excess = (share: number) => largest(Math.ceil((1 - share) * tail)) - start
    const slope = Math.max(leastSlope, excess(0.5) / Math.LN2, excess(0.8) / Math.log(5))
    return Math.log((1 + tail) / (1 + count)) - (log - start) / slope
  }

  learn(score: number): void {
    this.#logs.push(logOf(score))
  }

  save(): Uint8Array {
    return this.#logs.save()
  }

  load(state: Uint8Array): void {
    this.#logs.restore(state)
  }
}
