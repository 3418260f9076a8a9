import { type DirectLstm, directLstm, lstm as fusedLayer } from '@candlewatch/lstm'
import { tidy } from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { CandlewatchError } from '../errors.ts'
import { first, nth } from '../nth.ts'
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
  const made: layers.LayersModel[] = []
  // TF.js forgets four tensors when it opens a forget gate; weights are variables, which a tidy leaves alone.
  tidy(() => {
    made.push(buildNetwork(shape, seed))
  })
  return nth(made, 0)
}

function buildNetwork(shape: LstmShape, seed: number): layers.LayersModel {
  const reach = 1 / Math.sqrt(shape.units)
  const initializer = (offset: number) =>
    layers.initializers.randomUniform({ minval: -reach, maxval: reach, seed: seed + offset })
  return layers.sequential({
    layers: [
      fusedLayer({
        name: 'lstm',
        units: shape.units,
        inputShape: [shape.lookback, shape.features],
        recurrentActivation: 'sigmoid',
        unitForgetBias: true,
        kernelInitializer: initializer(1),
        recurrentInitializer: initializer(2),
      }),
      layers.layers.dense({ name: 'quantiles', units: headCount, kernelInitializer: initializer(3) }),
    ],
  })
}

/** The learned weights of the network. Float32: the head is [units, heads]. */
interface Weights {
  readonly kernel: Float32Array
  readonly recurrentKernel: Float32Array
  readonly bias: Float32Array
  readonly head: Float32Array
  readonly headBias: Float32Array
}

/**
 * The network as a Forecaster: one window in, quantiles out, synchronously, without a tensor. It runs the kernel that
 * `network.predict` runs, and answers the same but for the last bits of the head's sums. Later changes of the network's
 * weights don't reach it. Throws ERR_MODEL_SHAPE for a window of another size.
 */
export function lstm(network: layers.LayersModel, shape: LstmShape): Forecaster {
  const weights = weightsOf(network, shape)
  const direct: DirectLstm = directLstm(weights)
  return {
    lookback: shape.lookback,
    predict(past) {
      if (past.length !== shape.lookback * shape.features) {
        throw new CandlewatchError(
          'ERR_MODEL_SHAPE',
          `Expected ${shape.lookback} bars of ${shape.features} features, got ${past.length} numbers.`,
        )
      }
      return toScaledForecast(heads(direct.run(past), weights))
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
  const values = found.map(weight => weight.dataSync<'float32'>())
  const [kernel, recurrentKernel, bias, head, headBias] = first(values, 5)
  return { kernel, recurrentKernel, bias, head, headBias }
}

function heads(state: Float32Array, { head, headBias }: Weights): Float32Array {
  return headBias.map((bias, column) => {
    let sum = bias
    for (let unit = 0; unit < state.length; unit++) {
      sum += (state[unit] as number) * (head[unit * headCount + column] as number)
    }
    return sum
  })
}
