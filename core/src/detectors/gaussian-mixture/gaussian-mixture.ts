import { nth } from '../../nth.ts'
import { ByteReader, ByteWriter } from '../../state/bytes.ts'
import { type Rows, scaleOf, standardise } from '../../stats/rows.ts'
import { clip, type Limits, TrainingWindow, type TrainingWindowOptions } from '../../stats/training-window.ts'
import type { Detector } from '../../types.ts'
import { fitMixture, improve, type MixtureOptions } from './fit.ts'
import { type Mixture, MixtureDensity } from './mixture.ts'
import { fromDeviations, marginalScale, mixtureFromNumbers, mixtureToNumbers, toDeviations } from './units.ts'

export interface GaussianMixtureOptions extends TrainingWindowOptions, MixtureOptions {
  /** The most iterations of expectation-maximisation from the mixture of the training before; `maxIterations` is from a fresh start. */
  readonly warmIterations: number
  /** The least deviation that a feature is divided by, in its own units. */
  readonly floorDeviation: number
  /** A mixture to begin with, in the features' own units: it has an opinion from the first bar on. */
  readonly initial: Mixture | null
}

export const gaussianMixtureDefaults: GaussianMixtureOptions = {
  initial: null,
  // Every component of 13 features has 105 parameters: two thousand rows do not bear more of them.
  kMax: 6,
  // In squared deviations. A few percent of a deviation, so that a component cannot close in on rows that were clipped
  // to one value, or on one hour of the day.
  ridge: 1e-3,
  // scikit-learn's; BIC decides by far more.
  tolerance: 1e-3,
  // Every number of components gets as many, and the trainings that follow go on from the winner.
  maxIterations: 12,
  // The market of the training before is near.
  warmIterations: 2,
  // A ten-thousandth of a percent as a log return; features scaled by volatility are near 1.
  floorDeviation: 1e-6,
  seed: 1,
  // Twelve weeks of hours, as many as the p-values are made of.
  windowBars: 2_000,
  // The isolation forest has the same.
  retrainBars: 4_000,
  // Enough for two or three components.
  firstBars: 512,
  // One bad tick learned as it stands halves the precision of what follows: it stretches its component until others hide in it.
  winsorAt: 6,
}

interface Model {
  readonly mixture: Mixture
  readonly density: MixtureDensity
  /** Features are held within these bounds before they are scored. */
  readonly bounds: Limits
}

// Past a million deviations a likelihood says nothing more, and its square must stay finite.
const furthest = 1e6

/**
 * Negative log-likelihood of a vector, in nats, under a mixture of Gaussians. In the features' own units, so that scores
 * of before and after a training compare. features: finite, always as many. Throws ERR_MODEL_SHAPE for a bad `initial`.
 */
export function gaussianMixture(
  id: string,
  options: Partial<GaussianMixtureOptions> = {},
): Detector<readonly number[]> {
  const settings = { ...gaussianMixtureDefaults, ...options }
  const warm = { ...settings, maxIterations: settings.warmIterations }
  let model = settings.initial && modelOf(settings.initial)
  const window = new TrainingWindow(settings, model && limitsAround(model.mixture, settings.winsorAt))
  // True once the number of components was chosen on a full window that moved.
  let settled = model !== null
  let vector = new Float64Array(0)

  function train(rows: Rows): void {
    const scale = scaleOf(rows, settings.floorDeviation)
    const standardised = standardise(rows, scale)
    // Between the first training and the first full window there is no choice either: it is what costs.
    const goesOn = settled || (window.trainings > 1 && !window.isFull)
    const mixture =
      goesOn && model
        ? improve(standardised, revive(toDeviations(model.mixture, scale), rows), warm)
        : fitMixture(standardised, { ...settings, seed: settings.seed + window.trainings })
    model = modelOf(fromDeviations(mixture, scale))
    // After a flat window all components are one, which none of them ever leaves.
    settled = (settled || window.isFull) && scale.deviation.some(x => x > settings.floorDeviation)
  }

  return {
    id,
    score(features) {
      if (model === null) return null
      const { density, bounds } = model
      if (vector.length !== density.width) vector = new Float64Array(density.width)
      for (let j = 0; j < vector.length; j++) vector[j] = clip(features[j]!, bounds, j)
      return -density.logLikelihood(vector, 0)
    },
    learn(features) {
      if (window.learn(features)) train(window.train())
    },
    save() {
      const to = new ByteWriter()
      window.save(to)
      to.doubles([Number(settled)])
      to.doubles(model ? mixtureToNumbers(model.mixture) : [])
      return to.bytes()
    },
    load(state) {
      const from = new ByteReader(state)
      window.load(from)
      settled = from.doubles()[0] === 1
      const numbers = from.doubles()
      model = numbers.length > 0 ? modelOf(mixtureFromNumbers(numbers)) : null
    },
  }
}

function modelOf(mixture: Mixture): Model {
  return { mixture, density: new MixtureDensity(mixture), bounds: limitsAround(mixture, furthest) }
}

function limitsAround(mixture: Mixture, deviations: number): Limits {
  const { mean, deviation } = marginalScale(mixture)
  return {
    low: mean.map((x, j) => x - deviations * nth(deviation, j)),
    high: mean.map((x, j) => x + deviations * nth(deviation, j)),
  }
}

/** A component that no row belongs to any more would never get one again: it begins anew, as wide as the whole window. */
function revive({ weights, means, covariances }: Mixture, { count, width }: Rows): Mixture {
  const starved = weights.map(weight => weight * count < 1)
  const raised = weights.map((weight, c) => (starved[c] ? 1 / weights.length : weight))
  const total = raised.reduce((sum, weight) => sum + weight, 0)
  const one = Array.from({ length: width }, (_, i) => Array.from({ length: width }, (_, j) => Number(i === j)))
  return {
    weights: raised.map(weight => weight / total),
    means: means.map((mean, c) => (starved[c] ? Array(width).fill(0) : mean)),
    covariances: covariances.map((covariance, c) => (starved[c] ? one : covariance)),
  }
}
