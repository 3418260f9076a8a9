import { nth } from '../../nth.ts'
import { clip, type Limits, winsorised } from '../../stats/limits.ts'
import { type Rows, scaleOf, standardise } from '../../stats/rows.ts'
import type { Detector } from '../../types.ts'
import { type Fit, type FittingOptions, fitted } from '../fitted.ts'
import { fitMixture, type MixtureOptions } from './fit.ts'
import { type Mixture, MixtureDensity } from './mixture.ts'
import { fromDeviations, marginalScale } from './units.ts'

const settings: Omit<MixtureOptions, 'seed'> = {
  // BIC rarely chooses more for three features of a thousand bars.
  kMax: 3,
  // In squared deviations. A few percent of a deviation, so that a component cannot close in on rows that were clipped
  // to one value.
  ridge: 1e-3,
  // scikit-learn's; BIC decides by far more.
  tolerance: 1e-3,
  maxIterations: 8,
}
const mostRows = 1_000
// A ten-thousandth of a percent as a log return; features scaled by volatility are near 1.
const floorDeviation = 1e-6

// Past a million deviations a likelihood says nothing more, and its square must stay finite.
const furthest = 1e6

/** Negative log-likelihood of a vector, in nats, under a mixture of Gaussians in the features' own units. */
export const fitGaussianMixture: Fit = (given, fitting) => {
  const rows = winsorised(newest(given))
  const scale = scaleOf(rows, floorDeviation)
  const mixture = fromDeviations(fitMixture(standardise(rows, scale), { ...settings, seed: fitting }), scale)
  return surpriseOf(mixture)
}

/** The same of a mixture that is known. Throws ERR_MODEL_SHAPE. */
export function surpriseOf(mixture: Mixture): (features: ArrayLike<number>) => number {
  const density = new MixtureDensity(mixture)
  const bounds = limitsAround(mixture)
  const vector = new Float64Array(density.width)
  return features => {
    for (let j = 0; j < vector.length; j++) vector[j] = clip(features[j]!, bounds, j)
    return -density.logLikelihood(vector, 0)
  }
}

/** Enough rows for three components, and half as many take half the time. */
function newest({ values, count, width }: Rows): Rows {
  const kept = Math.min(count, mostRows)
  return { values: values.subarray((count - kept) * width), count: kept, width }
}

/** Features: finite, always as many. */
export function gaussianMixture(id: string, options: Partial<FittingOptions> = {}): Detector<readonly number[]> {
  return fitted(id, fitGaussianMixture, options)
}

function limitsAround(mixture: Mixture): Limits {
  const { mean, deviation } = marginalScale(mixture)
  return {
    low: mean.map((x, j) => x - furthest * nth(deviation, j)),
    high: mean.map((x, j) => x + furthest * nth(deviation, j)),
  }
}
