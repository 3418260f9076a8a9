import { nth } from '../../nth.ts'
import { tailRows } from './tail.ts'

/** −log₁₀ of the weighted harmonic mean of p-values, given their natural logarithms; 0 at least. After Wilson, PNAS 116(4), 2019. */
export function harmonic(logPs: readonly number[], weights: readonly number[]): number {
  const least = Math.min(...logPs)
  let [sum, weight] = [0, 0]
  logPs.forEach((logP, i) => {
    const own = nth(weights, i)
    sum += own * Math.exp(least - logP)
    weight += own
  })
  return Math.max(0, (Math.log(sum / weight) - least) / Math.LN10)
}

/**
 * A tail says more than its rows can know: beyond one in as many as there were, the score grows by its logarithm alone.
 * Otherwise the first morning of a daily pattern, the strangest thing by far in the 100 rows known then, would set the
 * level that the budget asks of everything in the next 3,000.
 */
export function tempered(score: number, rows: number): number {
  const known = Math.log10(1 + Math.min(rows, tailRows))
  return score <= known ? score : known + Math.log10(1 + score - known)
}
