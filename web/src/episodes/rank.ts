/** `rarer than 99.6 %` of its own past: a p-value is the share of the past that is at least as strange. */
export function rankOf(pValue: number): string {
  const digits = pValue < 0.001 ? 2 : pValue < 0.1 ? 1 : 0
  // Rounded down: what is almost everything is not everything.
  const percent = Math.floor((1 - pValue) * 100 * 10 ** digits + 1e-6) / 10 ** digits
  return `rarer than ${percent.toFixed(digits)} %`
}
