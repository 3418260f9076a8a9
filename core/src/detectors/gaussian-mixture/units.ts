import { nth } from '../../nth.ts'
import type { Scale } from '../../stats/rows.ts'
import type { Mixture } from './mixture.ts'

/** The same mixture in the features' own units again. */
export function fromDeviations(mixture: Mixture, { mean, deviation }: Scale): Mixture {
  return {
    weights: mixture.weights,
    means: mixture.means.map(row => row.map((x, j) => nth(mean, j) + x * nth(deviation, j))),
    covariances: mixture.covariances.map(rows =>
      rows.map((row, i) => row.map((x, j) => x * nth(deviation, i) * nth(deviation, j))),
    ),
  }
}

/** Mean and deviation of each feature under the mixture as a whole. */
export function marginalScale({ weights, means, covariances }: Mixture): Scale {
  const sum = (of: (c: number) => number) => weights.reduce((total, weight, c) => total + weight * of(c), 0)
  const mean = Float64Array.from(nth(means, 0), (_, j) => sum(c => nth(nth(means, c), j)))
  const deviation = mean.map((centre, j) =>
    Math.sqrt(sum(c => nth(nth(nth(covariances, c), j), j) + (nth(nth(means, c), j) - centre) ** 2)),
  )
  return { mean, deviation }
}
