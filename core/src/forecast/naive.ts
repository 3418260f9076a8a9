import type { Bar } from '../types.ts'

/** Parameters of the naive forecast, fitted on the training window. */
export interface NaiveParameters {
  readonly up: number
  readonly down: number
}

/**
 * The forecast to beat: close × (1 ± k · R), R the EWMA of log(high/low) with a half-life of 3 bars. Quote currency.
 * One parameter a side, and nothing that looks further back than a few hours.
 */
export function naive(close: number, fastRange: number, k: NaiveParameters): { high: number; low: number } {
  // A wide range would have the price fall by more than all of it.
  return { high: close * (1 + k.up * fastRange), low: close * Math.max(0.01, 1 - k.down * fastRange) }
}

/** A bar's close, what was known with it, and the bar that followed. */
export interface NaiveSample {
  readonly close: number
  readonly fastRange: number
  readonly next: Pick<Bar, 'high' | 'low'>
}

/** The k that minimises the mean absolute error in price: a weighted median. */
export function fitNaive(samples: readonly NaiveSample[]): NaiveParameters {
  const usable = samples.filter(s => s.fastRange > 0)
  const k = (rise: (sample: NaiveSample) => number) =>
    weightedMedian(usable.map(s => ({ x: rise(s) / (s.close * s.fastRange), weight: s.close * s.fastRange })))
  return { up: k(s => s.next.high - s.close), down: k(s => s.close - s.next.low) }
}

function weightedMedian(samples: { x: number; weight: number }[]): number {
  const half = samples.reduce((sum, s) => sum + s.weight, 0) / 2
  let below = 0
  for (const { x, weight } of samples.sort((a, b) => a.x - b.x)) {
    below += weight
    if (below >= half) return x
  }
  return 0
}
