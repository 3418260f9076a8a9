/**
 * ln of the harmonic mean of p-values, given their natural logarithms, at least one of them. The smallest carries it, so
 * that one test that is sure is heard among many that see nothing, and tests may lean on each other. After Wilson, PNAS
 * 116(4), 2019.
 */
export function lnHarmonicMean(lnPs: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const lnP of lnPs) if (lnP < least) least = lnP
  let sum = 0
  for (const lnP of lnPs) sum += Math.exp(least - lnP)
  return least + Math.log(lnPs.length / sum)
}

/** What each of them gives to their harmonic mean: shares that sum to 1. */
export function harmonicShares(lnPs: readonly number[]): number[] {
  const least = Math.min(...lnPs)
  const weights = lnPs.map(lnP => Math.exp(least - lnP))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map(weight => weight / sum)
}
