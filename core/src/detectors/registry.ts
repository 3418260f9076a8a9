import type { DetectorId } from '@candlewatch/api/values/detectors'
import type { Detector, Lane, Ms } from '../types.ts'
import { feed } from './feed.ts'
import type { Fit } from './fitted.ts'
import { fitGaussianMixture, gaussianMixture } from './gaussian-mixture/gaussian-mixture.ts'
import { fitIsolationForest, isolationForest } from './isolation-forest/isolation-forest.ts'
import { fitKinds, kmeans } from './kmeans/kmeans.ts'
import { move } from './move.ts'
import { type Observation, plainSizes, reading } from './observation.ts'
import { missOf, residual } from './residual.ts'
import { observationsOf, rules } from './rules.ts'
import { sizesOf } from './sizes.ts'
import { surprise } from './surprise.ts'
import { zscore } from './zscore.ts'

/** The usual miss of each forecaster on the validation bars, over S. */
export interface UsualMiss {
  readonly model: { readonly residualOverScale: number }
  readonly naive: { readonly residualOverScale: number }
}

/** How a detector is made and what it looks at. Its texts are in api/src/values/detectors.ts. */
interface Definition<Features, D extends Detector<Features>> {
  /** A driver decides; an observer is only shown. */
  readonly kind: 'driver' | 'observer'
  readonly lane: Lane
  make(miss: UsualMiss, intervalMs: Ms): D
  /** For one that is fitted to the sizes of the last bars. */
  readonly fit?: Fit
  read(observation: Observation): Features
}

function define<Features, D extends Detector<Features>>(definition: Definition<Features, D>) {
  const { make, read } = definition
  return {
    ...definition,
    /** A fresh detector that takes a whole observation. */
    makeReading: (miss: UsualMiss, intervalMs: Ms): Detector<Observation> =>
      reading<Features, Observation>(make(miss, intervalMs), read),
  }
}

const observer = { kind: 'observer', lane: 'market' } as const

/**
 * Every detector of the engine, in the order in which verdicts list them. Another one takes its file and test, an entry
 * here, and its texts in api/src/values/detectors.ts; the engine's version follows from the ids.
 */
export const registry = {
  residual: define({
    kind: 'driver',
    lane: 'market',
    make: ({ model }, intervalMs) => residual('residual', model.residualOverScale, intervalMs),
    read: ({ bar, standing, model }) => missOf(model, standing, bar),
  }),
  'naive-residual': define({
    kind: 'driver',
    lane: 'market',
    make: ({ naive }, intervalMs) => residual('naive-residual', naive.residualOverScale, intervalMs),
    read: ({ bar, standing, naive }) => missOf(naive, standing, bar),
  }),
  feed: define({
    kind: 'driver',
    lane: 'feed',
    make: () => feed('feed'),
    read: ({ bar, standing, quantiles }) => sizesOf(standing, quantiles, bar),
  }),
  move: define({
    ...observer,
    make: () => move('move'),
    read: ({ bar, standing }) => ({ high: bar.high, low: bar.low, previousClose: standing.close }),
  }),
  zscore: define({
    ...observer,
    make: () => zscore('zscore'),
    read: ({ bar, standing }) => ({ logReturn: Math.log(bar.close / standing.close) }),
  }),
  'isolation-forest': define({
    ...observer,
    make: () => isolationForest('isolation-forest'),
    fit: fitIsolationForest,
    read: plainSizes,
  }),
  kmeans: define({
    ...observer,
    make: () => kmeans('kmeans'),
    fit: fitKinds(),
    read: plainSizes,
  }),
  'gaussian-mixture': define({
    ...observer,
    make: () => gaussianMixture('gaussian-mixture'),
    fit: fitGaussianMixture,
    read: plainSizes,
  }),
  surprise: define({
    ...observer,
    make: () => surprise('surprise'),
    read: ({ quantiles, outcomes }) => ({ quantiles, outcomes }),
  }),
  rules: define({
    ...observer,
    make: () => rules('rules'),
    read: ({ bar, intervalMs }) => observationsOf(bar, intervalMs),
  }),
} satisfies Readonly<Record<DetectorId, unknown>>

export const detectorIds = Object.keys(registry) as readonly DetectorId[]

/** Every detector by itself, each on the whole observation. */
export function makeDetectors(miss: UsualMiss, intervalMs: Ms): Detector<Observation>[] {
  return Object.values(registry).map(({ makeReading }) => makeReading(miss, intervalMs))
}
