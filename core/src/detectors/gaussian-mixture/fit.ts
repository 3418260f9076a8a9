import { known, nth } from '../../nth.ts'
import { makeRng } from '../../stats/rng.ts'
import type { Rows } from '../../stats/rows.ts'
import { type Clusters, fitKmeans, kmeansPlusPlus } from '../kmeans/lloyd.ts'
import { packed, triangleOf } from './cholesky.ts'
import { type Mixture, MixtureDensity } from './mixture.ts'

export interface ExpectationMaximisation {
  /** Added to every covariance's diagonal, squared units of the rows. */
  readonly ridge: number
  readonly maxIterations: number
  /** It ends when the mean log-likelihood of a row gains less. */
  readonly tolerance: number
}

export interface MixtureOptions extends ExpectationMaximisation {
  /** The most components that are tried. */
  readonly kMax: number
  readonly seed: number
}

// Iterations of Lloyd's algorithm: a start need not be more than near.
const startIterations = 10

/** The mixture of 1 to `kMax` components with the least BIC, each grown from k-means++. rows: at least 1. */
export function fitMixture(rows: Rows, options: MixtureOptions): Mixture {
  let best: { readonly mixture: Mixture; readonly bic: number } | null = null
  for (let k = 1; k <= Math.min(options.kMax, rows.count); k++) {
    const mixture = improve(rows, startOf(rows, k, options), options)
    const bic = bicOf(mixture, rows)
    if (best === null || bic < best.bic) best = { mixture, bic }
  }
  return known(best).mixture
}

/** Expectation-maximisation with full covariances from a given start: Dempster, Laird & Rubin, JRSS B 39(1), 1977. */
export function improve(rows: Rows, start: Mixture, options: ExpectationMaximisation): Mixture {
  let mixture = start
  let reached = Number.NEGATIVE_INFINITY
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    const density = new MixtureDensity(mixture)
    const sums = new Sums(density.components, rows.width)
    const meanLogLikelihood = expectation(rows, density, sums, mixture)
    mixture = sums.mixture(mixture.means, options.ridge)
    if (Math.abs(meanLogLikelihood - reached) < options.tolerance) break
    reached = meanLogLikelihood
  }
  return mixture
}

/** Bayesian information criterion, lower is better: Schwarz, Annals of Statistics 6(2), 1978. */
export function bicOf(mixture: Mixture, rows: Rows): number {
  const { width, count } = rows
  const density = new MixtureDensity(mixture)
  const parameters = density.components * (1 + width + triangleOf(width)) - 1
  let total = 0
  for (let i = 0; i < count; i++) total += density.logLikelihood(rows.values, i * width)
  return parameters * Math.log(count) - 2 * total
}

/** One Gaussian for each cluster of k-means. */
function startOf(rows: Rows, k: number, { ridge, seed }: MixtureOptions): Mixture {
  const centres = kmeansPlusPlus(rows, k, makeRng(seed + k))
  const clusters: Clusters = fitKmeans(rows, centres, startIterations)
  const means = Array.from({ length: k }, (_, c) => [
    ...clusters.centres.subarray(c * rows.width, (c + 1) * rows.width),
  ])
  const sums = new Sums(k, rows.width)
  for (const [c, mean] of means.entries()) {
    const shares = Float64Array.from(clusters.labels, label => Number(label === c))
    sums.add(c, rows, shares, Float64Array.from(mean))
  }
  return sums.mixture(means, ridge)
}

/** Sums of every row in the shares in which it belongs to the components; answers the mean log-likelihood too. */
function expectation(rows: Rows, density: MixtureDensity, sums: Sums, mixture: Mixture): number {
  const { count } = rows
  const logJoints = new Float64Array(density.components * count)
  for (let c = 0; c < density.components; c++) density.logJointsInto(logJoints.subarray(c * count), rows, c)
  const total = shareOut(logJoints, count)
  for (let c = 0; c < density.components; c++) {
    sums.add(c, rows, logJoints.subarray(c * count, (c + 1) * count), Float64Array.from(nth(mixture.means, c)))
  }
  return total / count
}

/** Turns the joint log densities [components, count] into each row's shares; answers the sum of log-likelihoods. */
function shareOut(logJoints: Float64Array, count: number): number {
  let total = 0
  for (let i = 0; i < count; i++) {
    let greatest = Number.NEGATIVE_INFINITY
    for (let at = i; at < logJoints.length; at += count) greatest = Math.max(greatest, logJoints[at]!)
    let sum = 0
    for (let at = i; at < logJoints.length; at += count) {
      logJoints[at] = Math.exp(logJoints[at]! - greatest)
      sum += logJoints[at]!
    }
    for (let at = i; at < logJoints.length; at += count) logJoints[at]! /= sum
    total += greatest + Math.log(sum)
  }
  return total
}

// A row that belongs to a component by less than this moves nothing that anybody prints, and most rows do.
const leastShare = 1e-9

/** The sums over the rows that a maximisation needs, taken about the means before it, so that one pass is enough. */
class Sums {
  readonly #width: number
  readonly #shares: Float64Array
  readonly #differences: Float64Array
  /** Lower triangles, packed. */
  readonly #products: Float64Array

  constructor(components: number, width: number) {
    this.#width = width
    // Keeps a component that lost all its rows from dividing by nothing.
    this.#shares = new Float64Array(components).fill(10 * Number.EPSILON)
    this.#differences = new Float64Array(components * width)
    this.#products = new Float64Array(components * triangleOf(width))
  }

  /** shares: [count], of component c. */
  add(c: number, { values, count, width }: Rows, shares: Float64Array, mean: Float64Array): void {
    const sums = this.#differences.subarray(c * width, (c + 1) * width)
    const products = this.#products.subarray(c * triangleOf(width), (c + 1) * triangleOf(width))
    const differences = new Float64Array(width)
    for (let row = 0, at = 0; row < count; row++, at += width) {
      const share = shares[row]!
      if (share < leastShare) continue
      this.#shares[c]! += share
      for (let i = 0, p = 0; i < width; i++) {
        differences[i] = values[at + i]! - mean[i]!
        const shared = share * differences[i]!
        sums[i]! += shared
        for (let j = 0; j <= i; j++, p++) products[p]! += shared * differences[j]!
      }
    }
  }

  mixture(meansBefore: Mixture['means'], ridge: number): Mixture {
    const total = this.#shares.reduce((sum, share) => sum + share, 0)
    const moves = meansBefore.map((mean, c) =>
      mean.map((_, j) => nth(this.#differences, c * mean.length + j) / nth(this.#shares, c)),
    )
    return {
      weights: Array.from(this.#shares, share => share / total),
      means: meansBefore.map((mean, c) => mean.map((x, j) => x + nth(nth(moves, c), j))),
      covariances: moves.map((move, c) => this.#covariance(c, move, ridge)),
    }
  }

  #covariance(c: number, move: readonly number[], ridge: number): number[][] {
    const first = c * triangleOf(this.#width)
    return move.map((a, i) =>
      move.map((b, j) => {
        const product = nth(this.#products, first + packed(Math.max(i, j), Math.min(i, j)))
        return product / nth(this.#shares, c) - a * b + (i === j ? ridge : 0)
      }),
    )
  }
}
