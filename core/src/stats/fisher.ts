/**
 * Several p-values as one number, −2 Σ ln p: higher is stranger. Takes their natural logarithms, because a p-value
 * far out is a 0 to a double and would make this infinite. Of k independent tests it follows chi-square with 2k degrees
 * of freedom; of tests that lean on each other it still orders, but means no p-value.
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
