import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { featureNames } from '@candlewatch/core/features/volatility-scaled'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { makeDataset } from '@candlewatch/core/forecast/dataset'
import { beforeAll, expect, it } from 'vitest'
import { fitMembers } from './members.ts'

const shape = { lookback: 6, features: featureNames.length, units: 3 }
const season = Array.from({ length: 24 }, () => 1)
const { series } = syntheticYear({ seed: 30 })
const dataset = makeDataset(series.bars.slice(0, 500), series.intervalMs, season, shape.lookback)
const options = {
  shape,
  seed: 1,
  epochs: 2,
  batchSize: 100,
  learningRate: 0.01,
  validationStart: 300,
  weighting: 'scale' as const,
  averaging: 0,
}

beforeAll(async () => {
  await startBackend()
})

it('three members make one network with three times the units, with consecutive losses and kept epochs', async () => {
  const fitted = await fitMembers(dataset, options, 3, {})
  expect(fitted.shape.units).toBe(9)
  // A member: 4 × 3 × (25 + 3 + 1) weights of the LSTM and 35 × (3 + 1) of the head.
  expect(fitted.parameters).toBe(3 * (348 + 140))
  expect(fitted.losses.map(epoch => epoch.epoch)).toEqual([1, 2, 3, 4, 5, 6])
  expect(fitted).toMatchObject({ members: 3, ended: 'complete' })
  expect(fitted.kept).toHaveLength(3)
})

it('a training stopped before the second member has an epoch gives the first member as the model', async () => {
  let epochs = 0
  const progress = { onEpoch: () => void epochs++, stopped: () => epochs >= 2 }
  const fitted = await fitMembers(dataset, options, 3, progress)
  expect(fitted).toMatchObject({ members: 1, ended: 'stopped' })
  expect(fitted.shape.units).toBe(3)
})
