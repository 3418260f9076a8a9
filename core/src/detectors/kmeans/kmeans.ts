import { nth } from '../../nth.ts'
import { ByteReader, ByteWriter } from '../../state/bytes.ts'
import { makeRng } from '../../stats/rng.ts'
import { type Rows, type Scale, scaleOf, standardise, standardiseInto } from '../../stats/rows.ts'
import { TrainingWindow, type TrainingWindowOptions } from '../../stats/training-window.ts'
import type { Detector } from '../../types.ts'
import { fitKmeans, kmeansPlusPlus, nearest } from './lloyd.ts'

export interface KmeansOptions extends TrainingWindowOptions {
  readonly clusters: number
  /** The most iterations of Lloyd's algorithm, from a fresh start. */
  readonly maxIterations: number
  /** The most iterations from the centres of the training before. */
  readonly warmIterations: number
  /** The least deviation that a feature is divided by, in its own units. */
  readonly floorDeviation: number
  readonly seed: number
}

export const kmeansDefaults: KmeansOptions = {
  // Quiet, usual and wild hours that rise, fall or stand; more of them begin to serve single outliers.
  clusters: 8,
  // Two thousand rows rarely need more.
  maxIterations: 30,
  // The market of the training before is near.
  warmIterations: 3,
  // A ten-thousandth of a percent as a log return; features scaled by volatility are near 1.
  floorDeviation: 1e-6,
  seed: 1,
  // Twelve weeks of hours, as many as the p-values are made of.
  windowBars: 2_000,
  // The isolation forest has the same.
  retrainBars: 4_000,
  // Thirty rows a cluster.
  firstBars: 256,
  // The other detectors have the same limit: far beyond an ordinary hour, and near enough that a bad tick is one hour among many.
  winsorAt: 6,
}

/** Centres in deviations from the mean of the window that they were fitted on. */
interface Model {
  readonly scale: Scale
  /** [clusters, width] */
  readonly centres: Float64Array
}

// Past a million deviations a distance says nothing more, and its square must stay finite.
const furthest = 1e6

/**
 * Distance to the nearest of the kinds of bar that the window knows, in its own standard deviations. features: finite,
 * always as many.
 */
export function kmeans(id: string, options: Partial<KmeansOptions> = {}): Detector<readonly number[]> {
  const settings = { ...kmeansDefaults, ...options }
  const window = new TrainingWindow(settings)
  let model: Model | null = null
  let vector = new Float64Array(0)
  return {
    id,
    score(features) {
      if (model === null) return null
      if (vector.length !== features.length) vector = new Float64Array(features.length)
      standardiseInto(vector, features, model.scale, furthest)
      return Math.sqrt(nearest(vector, 0, model.centres, vector.length)[1])
    },
    learn(features) {
      if (!window.learn(features)) return
      // Until the window has once been full, the centres of before stem from too few rows to go on from.
      const before = window.isFull ? model : null
      model = train(window.train(), before, window.trainings, settings)
    },
    save() {
      const to = new ByteWriter()
      window.save(to)
      for (const part of model ? [model.scale.mean, model.scale.deviation, model.centres] : []) to.doubles(part)
      return to.bytes()
    },
    load(state) {
      const from = new ByteReader(state)
      window.load(from)
      if (window.trainings === 0) model = null
      else model = { scale: { mean: from.doubles(), deviation: from.doubles() }, centres: from.doubles() }
    },
  }
}

function train(rows: Rows, before: Model | null, trainings: number, settings: KmeansOptions): Model {
  const scale = scaleOf(rows, settings.floorDeviation)
  const standardised = standardise(rows, scale)
  const start = before
    ? rescale(before, scale)
    : kmeansPlusPlus(standardised, settings.clusters, makeRng(settings.seed + trainings))
  const iterations = before ? settings.warmIterations : settings.maxIterations
  return { scale, centres: fitKmeans(standardised, start, iterations).centres }
}

/** The same centres in deviations of another window. */
function rescale({ scale: { mean, deviation }, centres }: Model, scale: Scale): Float64Array {
  const width = mean.length
  return centres.map((x, i) => {
    const j = i % width
    const own = nth(mean, j) + x * nth(deviation, j)
    return (own - nth(scale.mean, j)) / nth(scale.deviation, j)
  })
}
