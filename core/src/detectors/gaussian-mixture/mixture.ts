import { CandlewatchError } from '../../errors.ts'
import { nth } from '../../nth.ts'
import type { Rows } from '../../stats/rows.ts'
import { triangleOf, whitener } from './cholesky.ts'

/** Gaussians that share out the whole, as plain data: it may stand in a model's manifest. In the features' own units. */
export interface Mixture {
  /** The weight of each component; the weights sum to 1. */
  readonly weights: readonly number[]
  /** [components, width] */
  readonly means: readonly (readonly number[])[]
  /** [components, width, width], symmetric and positive definite. */
  readonly covariances: readonly (readonly (readonly number[])[])[]
}

/** Natural log of the mixture's density at the vector. Throws ERR_MODEL_SHAPE. */
export function logLikelihood(mixture: Mixture, features: readonly number[]): number {
  return new MixtureDensity(mixture).logLikelihood(Float64Array.from(features), 0)
}

/** A mixture made ready to be asked often. Throws ERR_MODEL_SHAPE for one that cannot be. */
export class MixtureDensity {
  readonly components: number
  readonly width: number
  readonly #triangle: number
  readonly #means: Float64Array
  /** Each covariance's inverse Cholesky factor, packed. */
  readonly #whiteners: Float64Array
  /** log(weight) − log of the Gaussian's norming root. */
  readonly #logFactors: Float64Array
  // Room to work in: [width] and [components].
  readonly #differences: Float64Array
  readonly #logJoints: Float64Array

  constructor(mixture: Mixture) {
    checkShape(mixture)
    this.components = mixture.weights.length
    this.width = nth(mixture.means, 0).length
    const triangle = triangleOf(this.width)
    this.#triangle = triangle
    this.#means = Float64Array.from(mixture.means.flat())
    this.#whiteners = new Float64Array(this.components * triangle)
    this.#logFactors = new Float64Array(this.components)
    this.#differences = new Float64Array(this.width)
    this.#logJoints = new Float64Array(this.components)
    mixture.covariances.forEach((covariance, c) => {
      const white = whitener(covariance.flat(), this.width)
      if (white === null) throw new CandlewatchError('ERR_MODEL_SHAPE', notPositive(c))
      this.#whiteners.set(white, c * triangle)
      this.#logFactors[c] = Math.log(nth(mixture.weights, c)) + logNorm(white, this.width)
    })
  }

  /** The log density of the vector at `at`. */
  logLikelihood(values: Float64Array, at: number): number {
    let greatest = Number.NEGATIVE_INFINITY
    for (let c = 0; c < this.components; c++) {
      const logJoint = this.#logFactors[c]! - 0.5 * this.#squaredLength(values, at, c)
      this.#logJoints[c] = logJoint
      if (logJoint > greatest) greatest = logJoint
    }
    // The log of a sum of exponentials, the greatest taken out of it first: far from every mean all of them are 0 otherwise.
    let sum = 0
    for (let c = 0; c < this.components; c++) sum += Math.exp(this.#logJoints[c]! - greatest)
    return greatest + Math.log(sum)
  }

  /** log(weight × density) of each row under one component, into `out`. */
  logJointsInto(out: Float64Array, { values, count, width }: Rows, c: number): void {
    for (let i = 0; i < count; i++) out[i] = this.#logFactors[c]! - 0.5 * this.#squaredLength(values, i * width, c)
  }

  /** Mahalanobis distance to the component's mean, squared. */
  #squaredLength(values: Float64Array, at: number, c: number): number {
    const width = this.width
    const differences = this.#differences
    const whiteners = this.#whiteners
    const means = this.#means
    let w = c * this.#triangle
    let squared = 0
    for (let i = 0; i < width; i++) {
      differences[i] = values[at + i]! - means[c * width + i]!
      let y = 0
      for (let j = 0; j <= i; j++) y += whiteners[w++]! * differences[j]!
      squared += y * y
    }
    return squared
  }
}

function logNorm(white: Float64Array, width: number): number {
  let log = -0.5 * width * Math.log(2 * Math.PI)
  for (let i = 0; i < width; i++) log += Math.log(white[(i * (i + 3)) / 2]!)
  return log
}

function checkShape({ weights, means, covariances }: Mixture): void {
  const width = means[0]?.length ?? 0
  const fits =
    weights.length > 0 &&
    weights.every(weight => weight > 0) &&
    means.length === weights.length &&
    covariances.length === weights.length &&
    [...means, ...covariances, ...covariances.flat()].every(row => row.length === width)
  if (fits) return
  const found = `${weights.length} weights, ${means.length} means of ${width} and ${covariances.length} covariances`
  const expected = 'Expected a mixture with as many positive weights as means and square covariances of their width'
  throw new CandlewatchError('ERR_MODEL_SHAPE', `${expected}, got ${found}. Fit it anew.`)
}

const notPositive = (c: number) =>
  `Expected covariances that are positive definite, got one (number ${c + 1}) that is not. Fit it anew with a larger ridge.`
