import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { featureNames } from '../features/volatility-scaled.ts'
import type { Dataset } from './dataset.ts'
import { headCount } from './lstm.ts'
import { at, levels, targets } from './quantiles.ts'

export interface Batch {
  /** [samples, lookback, features] */
  readonly windows: tf.Tensor3D
  /** [samples, targets × levels]: each target once a level. */
  readonly outcomes: tf.Tensor2D
  /** [samples, 1]: S, so that an error counts what it costs in price. */
  readonly weights: tf.Tensor2D
}

// So that the loss is of order 1 whatever the market, as gradient clipping expects: a usual S, which only sets the unit.
const usualScale = 0.01

export function gather(
  { rows, last, targets: outcomes, scales, lookback }: Dataset,
  samples: readonly number[],
): Batch {
  const width = featureNames.length
  const windows = new Float32Array(samples.length * lookback * width)
  const repeated = new Float32Array(samples.length * headCount)
  samples.forEach((sample, i) => {
    const end = ((last[sample] as number) + 1) * width
    windows.set(rows.subarray(end - lookback * width, end), i * lookback * width)
    for (let head = 0; head < headCount; head++) {
      const target = Math.floor(head / levels.length)
      repeated[i * headCount + head] = outcomes[sample * targets.length + target] as number
    }
  })
  return {
    windows: tf.tensor3d(windows, [samples.length, lookback, width]),
    outcomes: tf.tensor2d(repeated, [samples.length, headCount]),
    weights: tf.tensor2d(
      Float32Array.from(samples, s => (scales[s] as number) / usualScale),
      [samples.length, 1],
    ),
  }
}

/**
 * The medians of high and low shape the LSTM; all other heads read its state and leave it alone. Trained together, seven
 * quantiles of five targets cost the medians half a percent of their error; so parted, they cost nothing.
 */
export function trainingLoss(network: LayersModel, batch: Batch): tf.Scalar {
  const state = stateOf(network, batch.windows)
  const medians = pinball(headsOf(network, state), batch, medianHeads)
  return tf.add(medians, pinball(headsOf(network, held(state)), batch, otherHeads))
}

/** Mean absolute error of the medians of high and low, in percent of the price: what the best epoch is chosen by. */
export function medianLoss(network: LayersModel, batch: Batch): tf.Scalar {
  return pinball(headsOf(network, stateOf(network, batch.windows)), batch, medianHeads)
}

/** [1, heads]. A pinball loss at .5 is half the absolute error, of which high and low make the mean. */
const medianHeads = headRow((target, level) => (isJudged(target) && level === at.median ? 1 : 0))
const otherHeads = headRow((target, level) => (isJudged(target) && level === at.median ? 0 : 1 / headCount))

function isJudged(target: number): boolean {
  return targets[target] === 'up' || targets[target] === 'down'
}

function headRow(weightOf: (target: number, level: number) => number): number[] {
  return targets.flatMap((_, target) => levels.map((_, level) => weightOf(target, level)))
}

/** Koenker & Bassett 1978, summed over heads and averaged over samples, each by its weight. */
function pinball(predicted: tf.Tensor2D, { outcomes, weights }: Batch, headWeights: readonly number[]): tf.Scalar {
  const levelRow = tf.tensor2d(
    targets.flatMap(() => [...levels]),
    [1, headCount],
  )
  const error = tf.sub(outcomes, predicted)
  const loss = tf.maximum(tf.mul(levelRow, error), tf.mul(tf.sub(levelRow, 1), error))
  const weighted = tf.mul(loss, tf.tensor2d([...headWeights], [1, headCount]))
  return tf.mean(tf.mul(tf.sum(weighted, 1, true), weights))
}

const stateOf = (network: LayersModel, windows: tf.Tensor3D) =>
  network.getLayer('lstm').apply(windows, { training: true }) as tf.Tensor2D

const headsOf = (network: LayersModel, state: tf.Tensor2D) => network.getLayer('quantiles').apply(state) as tf.Tensor2D

/** The same values, through which no gradient passes. */
function held(state: tf.Tensor2D): tf.Tensor2D {
  return tf.customGrad(x => {
    const value = tf.clone(x as tf.Tensor2D)
    return { value, gradFunc: () => tf.zerosLike(value) }
  })(state) as tf.Tensor2D
}
