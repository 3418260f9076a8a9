/** How far point forecasts were off. */
export interface Accuracy {
  readonly rows: number
  /** Mean absolute error, quote currency. */
  readonly mae: number
  /** Mean absolute error, in percent of what came. */
  readonly mape: number
  /** Root of the mean squared error, quote currency. */
  readonly rmse: number
}

export interface Outcome {
  readonly actual: number
  readonly expected: number
}

/** Expects at least one outcome. */
export function accuracy(outcomes: readonly Outcome[]): Accuracy {
  const mean = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0) / outcomes.length
  return {
    rows: outcomes.length,
    mae: mean(o => Math.abs(o.actual - o.expected)),
    mape: 100 * mean(o => Math.abs(o.actual - o.expected) / o.actual),
    rmse: Math.sqrt(mean(o => (o.actual - o.expected) ** 2)),
  }
}

export interface RangedOutcome extends Outcome {
  readonly lower: number
  readonly upper: number
}

/** Where outcomes fell: shares, which sum to 1. A 90 % range around a median promises 0.05, 0.45, 0.45 and 0.05. */
export interface RangeShares {
  readonly below: number
  readonly lowerHalf: number
  readonly upperHalf: number
  readonly above: number
}

/** Expects at least one outcome. The range's own edges are inside it; the median itself counts to the lower half. */
export function rangeShares(outcomes: readonly RangedOutcome[]): RangeShares {
  const share = (is: (outcome: RangedOutcome) => boolean) => outcomes.filter(is).length / outcomes.length
  return {
    below: share(o => o.actual < o.lower),
    lowerHalf: share(o => o.actual >= o.lower && o.actual <= o.expected),
    upperHalf: share(o => o.actual > o.expected && o.actual <= o.upper),
    above: share(o => o.actual > o.upper),
  }
}

/** The share of outcomes that their range held. Of at least one outcome. */
export function coverage(outcomes: readonly RangedOutcome[]): number {
  return outcomes.filter(o => o.actual >= o.lower && o.actual <= o.upper).length / outcomes.length
}
