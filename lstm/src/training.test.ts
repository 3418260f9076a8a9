import '@tensorflow/tfjs-backend-wasm'
import { memory, type Scalar, setBackend, tensor, train } from '@tensorflow/tfjs-core'
import { callbacks, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, expect, it } from 'vitest'
import { numbers, relativeError, seededFloats } from './problem.suite.ts'
import { type MakeLstm, seeded, twins } from './twins.suite.ts'

const [rows, steps, features] = [40, 5, 3] as const
const fitOptions = { batchSize: 16, epochs: 4, shuffle: false, verbose: 0 } as const

beforeAll(async () => {
  await setBackend('wasm')
})

const makeX = () => tensor(seededFloats(rows * steps * features, 1, 2), [rows, steps, features])
const makeY = () => tensor(seededFloats(rows * 2, 2), [rows, 2])

function build(lstm: MakeLstm): Sequential {
  return sequential({
    layers: [
      lstm({ units: 6, returnSequences: true, inputShape: [steps, features], ...seeded(1) }),
      lstm({ units: 5, recurrentActivation: 'sigmoid', ...seeded(4) }),
      layers.dense({ units: 2, kernelInitializer: seeded(7).kernelInitializer }),
    ],
  })
}

const optimizers = { adam: () => train.adam(0.01), sgd: () => train.sgd(0.05), rmsprop: () => train.rmsprop(0.005) }
const cases = Object.entries(optimizers).flatMap(([name, make]) =>
  (['meanSquaredError', 'meanAbsoluteError'] as const).map(loss => [name, loss, make] as const),
)

it.each(cases)('fitted by %s to the %s, losses follow the stock layer’s', async (_, loss, optimizer) => {
  const { fused, stock } = twins(build)
  const fit = async (model: Sequential) => {
    model.compile({ optimizer: optimizer(), loss, metrics: ['mae'] })
    const { history } = await model.fit(makeX(), makeY(), { ...fitOptions, validationSplit: 0.2 })
    return { history: history as Record<string, number[]>, weights: model.getWeights().map(numbers) }
  }
  const [found, expected] = [await fit(fused), await fit(stock)]
  expect(Object.keys(found.history)).toEqual(Object.keys(expected.history))
  for (const [name, values] of Object.entries(expected.history)) {
    expect(relativeError(found.history[name] as number[], values), name).toBeLessThan(1e-3)
  }
  const losses = found.history.loss as number[]
  expect(losses.at(-1)).toBeLessThan(losses[0] as number)
  found.weights.forEach((one, i) => {
    expect(relativeError(one, expected.weights[i] as Float32Array)).toBeLessThan(1e-2)
  })
})

it('evaluates to the same loss and metrics as the stock layer', () => {
  const { fused, stock } = twins(build)
  const evaluate = (model: Sequential) => {
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] })
    return (model.evaluate(makeX(), makeY(), { batchSize: 16 }) as Scalar[]).map(one => numbers(one)[0] as number)
  }
  expect(relativeError(evaluate(fused), evaluate(stock))).toBeLessThan(1e-4)
})

it('callbacks are called, epoch by epoch and batch by batch', async () => {
  const { fused } = twins(build)
  fused.compile({ optimizer: 'adam', loss: 'meanSquaredError' })
  const seen: string[] = []
  await fused.fit(makeX(), makeY(), {
    ...fitOptions,
    epochs: 2,
    callbacks: {
      onTrainBegin: () => void seen.push('begin'),
      onBatchEnd: batch => void seen.push(`batch ${batch}`),
      onEpochEnd: (epoch, logs) => void seen.push(`epoch ${epoch} ${typeof logs?.loss}`),
      onTrainEnd: () => void seen.push('end'),
    },
  })
  const batches = ['batch 0', 'batch 1', 'batch 2']
  expect(seen).toEqual(['begin', ...batches, 'epoch 0 number', ...batches, 'epoch 1 number', 'end'])
})

it('stops early when the loss no longer falls', async () => {
  const { fused } = twins(build)
  fused.compile({ optimizer: train.sgd(0), loss: 'meanSquaredError' })
  const stop = callbacks.earlyStopping({ monitor: 'loss', patience: 1 })
  const { epoch } = await fused.fit(makeX(), makeY(), { ...fitOptions, epochs: 20, callbacks: stop })
  expect(epoch.length).toBeLessThan(5)
})

it('weights that are frozen stay as they are', async () => {
  const { fused } = twins(build)
  const [frozen, free] = fused.layers as [(typeof fused.layers)[0], (typeof fused.layers)[0]]
  frozen.trainable = false
  fused.compile({ optimizer: 'adam', loss: 'meanSquaredError' })
  const weights = () => [frozen, free].map(layer => layer.getWeights().map(one => numbers(one)))
  const before = weights()
  await fused.fit(makeX(), makeY(), fitOptions)
  const after = weights()
  expect(after[0]).toEqual(before[0])
  expect(after[1]).not.toEqual(before[1])
})

it('an epoch leaves no tensor behind', async () => {
  const { fused } = twins(build)
  fused.compile({ optimizer: train.adam(0.01), loss: 'meanSquaredError' })
  const [x, y] = [makeX(), makeY()]
  await fused.fit(x, y, fitOptions)
  const before = memory().numTensors
  await fused.fit(x, y, { ...fitOptions, epochs: 20 })
  expect(memory().numTensors).toBe(before)
})
