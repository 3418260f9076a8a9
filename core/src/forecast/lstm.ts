import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { CandlewatchError } from '../errors.ts'
import type { Forecaster } from '../types.ts'
import { levels, targets, toScaledForecast } from './quantiles.ts'

export interface LstmShape {
  readonly lookback: number
  readonly features: number
  readonly units: number
}

/** One number a target and level. */
export const headCount = targets.length * levels.length

/**
 * One LSTM and a linear head: [batch, lookback, features] → [batch, targets × levels].
 * After Hochreiter & Schmidhuber 1997. Uniform ±1/√units at the start; the forget gate starts open (Gers et al. 2000).
 */
export function makeNetwork(shape: LstmShape, seed: number): layers.LayersModel {
  const reach = 1 / Math.sqrt(shape.units)
  const initializer = (offset: number) =>
    layers.initializers.randomUniform({ minval: -reach, maxval: reach, seed: seed + offset })
  return layers.sequential({
    layers: [
      layers.layers.lstm({
        name: 'lstm',
        units: shape.units,
        inputShape: [shape.lookback, shape.features],
        recurrentActivation: 'sigmoid',
        kernelInitializer: initializer(1),
        recurrentInitializer: initializer(2),
      }),
      layers.layers.dense({ name: 'quantiles', units: headCount, kernelInitializer: initializer(3) }),
    ],
  })
}

/** What the network has learned, laid out for a forward pass without the layers' overhead. */
interface Weights {
  readonly kernel: tf.Tensor2D
  readonly recurrent: tf.Tensor2D
  readonly bias: tf.Tensor1D
  readonly head: tf.Tensor2D
  readonly headBias: tf.Tensor1D
}

/**
 * The network as a Forecaster: one window in, quantiles out, synchronously, no tensor left behind. It runs the same
 * arithmetic as `network.predict`, op by op, in half the time. Throws ERR_MODEL_SHAPE for a window of another size.
 */
export function lstm(network: layers.LayersModel, shape: LstmShape): Forecaster {
  const weights = weightsOf(network, shape)
  return {
    lookback: shape.lookback,
    predict(past) {
      if (past.length !== shape.lookback * shape.features) {
        throw new CandlewatchError(
          'ERR_MODEL_SHAPE',
          `Expected ${shape.lookback} bars of ${shape.features} features, got ${past.length} numbers.`,
        )
      }
      return toScaledForecast(tf.tidy(() => forward(weights, past, shape).dataSync<'float32'>()))
    },
  }
}

function weightsOf(network: layers.LayersModel, { lookback, features, units }: LstmShape): Weights {
  const expected = [[features, 4 * units], [units, 4 * units], [4 * units], [units, headCount], [headCount]]
  const found = network.getWeights()
  if (JSON.stringify(found.map(w => w.shape)) !== JSON.stringify(expected)) {
    throw new CandlewatchError(
      'ERR_MODEL_SHAPE',
      `Expected weights for ${lookback} bars of ${features} features and ${units} units, ${JSON.stringify(expected)}; ` +
        `the model holds ${JSON.stringify(found.map(w => w.shape))}. Train it again.`,
    )
  }
  const [kernel, recurrent, bias, head, headBias] = found
  return { kernel, recurrent, bias, head, headBias } as unknown as Weights
}

function forward(weights: Weights, past: Float32Array, shape: LstmShape): tf.Tensor {
  const inputs = tf.tensor2d(past, [shape.lookback, shape.features])
  const fromInputs = tf.split(tf.add(tf.matMul(inputs, weights.kernel), weights.bias), shape.lookback, 0)
  let hidden: tf.Tensor2D = tf.zeros([1, shape.units])
  let cell: tf.Tensor = tf.zeros([1, shape.units])
  for (const fromInput of fromInputs) {
    const gates = tf.split(tf.add(fromInput, tf.matMul(hidden, weights.recurrent)), 4, 1)
    const [input, forget, candidate, output] = gates as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)))
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell))
  }
  return tf.add(tf.matMul(hidden, weights.head), weights.headBias)
}
