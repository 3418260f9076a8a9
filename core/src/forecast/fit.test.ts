import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { hourMs, quietMarket } from '../engine/rehearsal.suite.ts'
import { featureNames } from '../features/volatility-scaled.ts'
import { startBackend } from './backend.ts'
import { type Dataset, makeDataset } from './dataset.ts'
import { type Epoch, type FitOptions, fit } from './fit.ts'
import { medians } from './loss.ts'
import { lstm } from './lstm.ts'

const shape = { lookback: 4, features: featureNames.length, units: 3 }
const options: FitOptions = {
  shape,
  seed: 1,
  epochs: 6,
  batchSize: 50,
  learningRate: 1e-2,
  validationStart: 200,
  weighting: 'scale',
  averaging: 0,
}
const flatSeason = Array.from({ length: 24 }, () => 1)
let dataset: Dataset

beforeAll(async () => {
  await startBackend()
  dataset = makeDataset(quietMarket(400, 3), hourMs, flatSeason, shape.lookback)
})

it('a training stopped in the fifth epoch keeps the best of the first four to the last bit', async () => {
  const weights = new Map<number, Float32Array>()
  let batches = 0
  let epoch = 0
  const stopped = await fit(dataset, options, {
    onBatch: () => batches++,
    onEpoch: e => {
      epoch = e.epoch
    },
    stopped: () => epoch === 4 && batches >= 18,
  })
  expect(stopped).toMatchObject({ ended: 'stopped' })
  expect(stopped.losses).toHaveLength(4)
  const best = [...stopped.losses].sort((a, b) => (a.validation as number) - (b.validation as number))[0] as Epoch
  expect(stopped.kept).toBe(best.epoch)
  weights.set(0, stopped.network.getWeights()[0]?.dataSync() as Float32Array)
  // The same run, stopped right after the best epoch, ends with the same weights.
  let at = 0
  const again = await fit(dataset, options, {
    onEpoch: e => {
      at = e.epoch
    },
    stopped: () => at === best.epoch,
  })
  expect(again.network.getWeights()[0]?.dataSync()).toEqual(weights.get(0))
  for (const { network } of [stopped, again]) network.dispose()
})

it('a training stopped in the first epoch fails with ERR_TRAINING_INTERRUPTED and leaves no tensor behind', async () => {
  const before = tf.memory().numTensors
  let batches = 0
  const run = fit(dataset, options, { onBatch: () => batches++, stopped: () => batches === 2 })
  await expect(run).rejects.toMatchObject({ code: 'ERR_TRAINING_INTERRUPTED' })
  expect(batches).toBe(2)
  expect(tf.memory().numTensors).toBe(before)
})

it('a patience of two ends the training two epochs after the best one', async () => {
  const tooFast = { ...options, epochs: 30, learningRate: 0.3, patience: 2 }
  const { losses, kept, ended, network } = await fit(dataset, tooFast)
  expect(ended).toBe('patience')
  expect(losses.length).toBe(kept + 2)
  network.dispose()
})

it('every epoch is run without patience', async () => {
  const { losses, ended, network } = await fit(dataset, { ...options, epochs: 3, learningRate: 0.3 })
  expect(ended).toBe('complete')
  expect(losses.map(l => l.epoch)).toEqual([1, 2, 3])
  network.dispose()
})

it('a target that is not a number fails with ERR_TRAINING_DIVERGED, in training and in validation', async () => {
  const broken = (sample: number): Dataset => {
    const targets = dataset.targets.slice()
    targets[sample * (targets.length / dataset.last.length)] = Number.NaN
    return { ...dataset, targets }
  }
  await expect(fit(broken(5), options)).rejects.toMatchObject({
    code: 'ERR_TRAINING_DIVERGED',
    message: expect.stringMatching(/in epoch 1, batch \d\. Lower --learning-rate \(it was 0.01\)/),
  })
  await expect(fit(broken(250), options)).rejects.toThrow('after epoch 1, in validation')
})

it('three trainings and three hundred forecasts leave no tensor behind once the networks are disposed of', async () => {
  const before = tf.memory().numTensors
  for (let i = 0; i < 3; i++) {
    const { network } = await fit(dataset, { ...options, epochs: 1 })
    const forecaster = lstm(network, shape)
    for (let n = 0; n < 100; n++) forecaster.predict(dataset.rows.slice(0, shape.lookback * shape.features))
    network.dispose()
  }
  expect(tf.memory().numTensors).toBe(before)
})

it('with only a teacher to follow, the medians approach its forecasts and not the outcomes', async () => {
  const count = dataset.last.length
  const forecasts = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 3 : -2))
  const teacher = { forecasts, share: 1 }
  const taught = { ...options, epochs: 25, learningRate: 0.1, averaging: 0.9, teacher, validationStart: count }
  const { network } = await fit(dataset, taught)
  const [up, down] = medians(network, dataset, [count - 1])
  expect(up).toBeCloseTo(3, 1)
  expect(down).toBeCloseTo(-2, 1)
  network.dispose()
})

it('without validation rows every epoch runs and the last is kept', async () => {
  const all = { ...options, validationStart: dataset.last.length }
  const { losses, kept, ended, network } = await fit(dataset, all)
  expect(losses.map(epoch => epoch.validation)).toEqual(losses.map(() => null))
  expect({ kept, ended }).toEqual({ kept: options.epochs, ended: 'complete' })
  network.dispose()
})

it('the mean of the weights is kept: it differs from the weights themselves, and has its own validation', async () => {
  const plain = await fit(dataset, options)
  const averaged = await fit(dataset, { ...options, averaging: 0.95 })
  expect(averaged.losses.at(-1)?.training).toBe(plain.losses.at(-1)?.training)
  expect(averaged.losses.at(-1)?.validation).not.toBe(plain.losses.at(-1)?.validation)
  for (const { network } of [plain, averaged]) network.dispose()
})
