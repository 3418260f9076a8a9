/**
 * Several p-values as one number, −2 Σ ln p: higher is stranger. Takes their natural logarithms, because a p-value
 * far out is a 0 to a double and would make this infinite. Of k independent tests it follows chi-square with 2k degrees
 * of freedom; of dependent tests it still orders, but it is no p-value.
 * After Fisher, Statistical Methods for Research Workers, 1925 (§21.1, from the fourth edition on).
 */
export function fisher(lnPValues: readonly number[]): number {
  return lnPValues.reduce((sum, lnP) => sum - 2 * lnP, 0)
}

/**
 * P(χ² ≥ x) with 2 · `tests` degrees of freedom, for x ≥ 0. Even degrees make it a finite sum, the chance of fewer than
 * `tests` events where x/2 are expected: e^(−x/2) Σ (x/2)^i / i!, i below `tests`. Each term is made as a logarithm, so
 * that a large x gives 0 and not 0 · ∞.
 */
export function chiSquareUpperTail(x: number, tests: number): number {
  let lnTerm = -x / 2
  let sum = Math.exp(lnTerm)
  for (let i = 1; i < tests; i++) {
    lnTerm += Math.log(x / 2 / i)
    sum += Math.exp(lnTerm)
  }
  return Math.min(1, sum)
}

/**
 * ln of the harmonic mean of p-values, given their natural logarithms, at least one of them. The smallest carries it, so
 * that one clear test counts among many that find nothing, and the tests may depend on each other. After Wilson, PNAS
 * 116(4), 2019.
 */
export function lnHarmonicMean(lnPs: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const lnP of lnPs) if (lnP < least) least = lnP
  let sum = 0
  for (const lnP of lnPs) sum += Math.exp(least - lnP)
  return least + Math.log(lnPs.length / sum)
}

/** The share of each p-value in their harmonic mean; the shares sum to 1. */
export function harmonicShares(lnPs: readonly number[]): number[] {
  const least = Math.min(...lnPs)
  const weights = lnPs.map(lnP => Math.exp(least - lnP))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map(weight => weight / sum)
}
