import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { featureNames } from '@candlewatch/core/features/volatility-scaled'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { type Dataset, makeDataset } from '@candlewatch/core/forecast/dataset'
import { targets } from '@candlewatch/core/forecast/quantiles'
import { makeRng } from '@candlewatch/core/stats/rng'
import { beforeAll, expect, it } from 'vitest'
import { folds, splitFold, teach } from './teacher.ts'

const shape = { lookback: 4, features: featureNames.length, units: 3 }
const season = Array.from({ length: 24 }, () => 1)
const { series } = syntheticYear({ seed: 5 })
const options = {
  shape,
  seed: 1,
  epochs: 2,
  batchSize: 256,
  learningRate: 0.01,
  validationStart: 1_500,
  weighting: 'scale' as const,
  averaging: 0,
}
let dataset: Dataset

beforeAll(async () => {
  await startBackend()
  dataset = makeDataset(series.bars.slice(0, 1_700), series.intervalMs, season, shape.lookback)
})

it('every sample is held out once, and none that is learned from lies within a day of one that is held out', () => {
  const times = new Uint8Array(1_003)
  for (let fold = 0; fold < folds; fold++) {
    const { held, learned } = splitFold(times.length, fold)
    for (const sample of held) times[sample] = (times[sample] as number) + 1
    const near = new Set(held.flatMap(sample => Array.from({ length: 49 }, (_, i) => sample + i - 24)))
    expect(learned.filter(sample => near.has(sample))).toEqual([])
    expect(learned.length).toBeGreaterThan(0.7 * times.length)
  }
  expect([...new Set(times)]).toEqual([1])
})

it('a teacher does not know its outcomes: if they are noise, its forecasts are noise', async () => {
  const rng = makeRng(9)
  const noise = { ...dataset, targets: dataset.targets.map(() => rng.normal()) }
  const { forecasts } = await teach(noise, options, { share: 0.7, series: 1 }, {})
  const came = Array.from({ length: options.validationStart }, (_, i) => noise.targets[i * targets.length] as number)
  const said = Array.from({ length: options.validationStart }, (_, i) => forecasts[2 * i] as number)
  // Four standard errors of a correlation of nothing; trees that had learned these samples reach .3.
  expect(Math.abs(correlation(said, came))).toBeLessThan(4 / Math.sqrt(options.validationStart))
})

it('a teacher is useful: if outcomes follow a feature, its forecasts do', async () => {
  const width = featureNames.length
  const rows = Array.from(dataset.last, last => dataset.rows[last * width] as number)
  const follows = {
    ...dataset,
    targets: dataset.targets.map((_, i) => 2 * (rows[Math.floor(i / targets.length)] ?? 0)),
  }
  const { forecasts, share } = await teach(follows, options, { share: 0.7, series: 1 }, {})
  const said = Array.from({ length: options.validationStart }, (_, i) => forecasts[2 * i + 1] as number)
  expect(correlation(said, rows.slice(0, options.validationStart))).toBeGreaterThan(0.9)
  expect(share).toBe(0.7)
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] as number) - my), 0)
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}
