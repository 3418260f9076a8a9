import { winsorised } from '../../stats/limits.ts'
import { makeRng } from '../../stats/rng.ts'
import { scaleOf, standardise, standardiseInto } from '../../stats/rows.ts'
import type { Detector } from '../../types.ts'
import { type Fit, type FittingOptions, fitted } from '../fitted.ts'
import { fitKmeans, kmeansPlusPlus, nearest } from './lloyd.ts'

/** How clusters are found. */
export interface KmeansOptions {
  readonly clusters: number
  /** The most iterations of Lloyd's algorithm. */
  readonly maxIterations: number
  /** The least deviation that a feature is divided by, in its own units. */
  readonly floorDeviation: number
}

const defaults: KmeansOptions = {
  // Quiet, usual and wild hours that rise, fall or stand; more of them begin to serve single outliers.
  clusters: 8,
  // Two thousand rows move little after these.
  maxIterations: 10,
  // A ten-thousandth of a percent as a log return; features scaled by volatility are near 1.
  floorDeviation: 1e-6,
}

// Past a million deviations a distance says nothing more, and its square must stay finite.
const furthest = 1e6

/** Distance to the nearest of the kinds of row there are, in standard deviations of the rows. */
export const fitKinds =
  ({ clusters, maxIterations, floorDeviation }: KmeansOptions = defaults): Fit =>
  (given, fitting) => {
    const rows = winsorised(given)
    const scale = scaleOf(rows, floorDeviation)
    const standardised = standardise(rows, scale)
    const start = kmeansPlusPlus(standardised, clusters, makeRng(fitting))
    const { centres } = fitKmeans(standardised, start, maxIterations)
    const vector = new Float64Array(rows.width)
    return features => {
      standardiseInto(vector, features, scale, furthest)
      return Math.sqrt(nearest(vector, 0, centres, vector.length)[1])
    }
  }

/** Features: finite, always as many. */
export function kmeans(id: string, options: Partial<KmeansOptions & FittingOptions> = {}): Detector<readonly number[]> {
  return fitted(id, fitKinds({ ...defaults, ...options }), options)
}
