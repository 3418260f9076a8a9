import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { hourMs, quietMarket } from '../engine/rehearsal.suite.ts'
import { featureNames, featureSet } from '../features/volatility-scaled.ts'
import { makeRng } from '../stats/rng.ts'
import { type Artifact, loadModel, type Manifest, writeNetwork } from './artifact.ts'
import { startBackend } from './backend.ts'
import { makeDataset } from './dataset.ts'
import { fit } from './fit.ts'
import { lstm, makeNetwork } from './lstm.ts'
import { fitNaive, naive } from './naive.ts'
import { toOutcome, toPrices } from './prices.ts'

const shape = { lookback: 6, features: featureNames.length, units: 5 }
const flatSeason = Array.from({ length: 24 }, () => 1)

beforeAll(async () => {
  expect(['wasm', 'tensorflow']).toContain((await startBackend()).name)
})

function windowOf(seed: number): Float32Array {
  const rng = makeRng(seed)
  return Float32Array.from({ length: shape.lookback * shape.features }, () => rng.normal())
}

describe('lstm', () => {
  it('forecasts what the layers model predicts, to a millionth', () => {
    const network = makeNetwork(shape, 3)
    const window = windowOf(1)
    const forecast = lstm(network, shape).predict(window)
    const predicted = tf.tidy(() => {
      const input = tf.tensor3d(window, [1, shape.lookback, shape.features])
      return Array.from((network.predict(input) as tf.Tensor).dataSync())
    })
    const found = [forecast.up, forecast.down].flatMap(q => [q.lower, q.median, q.upper])
    const ordered = [predicted.slice(0, 3), predicted.slice(3)].flatMap(part => part.sort((a, b) => a - b))
    found.forEach((x, i) => {
      expect(x).toBeCloseTo(ordered[i] as number, 6)
    })
  })

  it('two hundred forecasts leave no tensor behind', () => {
    const forecaster = lstm(makeNetwork(shape, 4), shape)
    forecaster.predict(windowOf(2))
    const before = tf.memory().numTensors
    for (let i = 0; i < 200; i++) forecaster.predict(windowOf(i))
    expect(tf.memory().numTensors).toBe(before)
  })

  it('a window of the wrong size is refused with both sizes', () => {
    expect(() => lstm(makeNetwork(shape, 5), shape).predict(new Float32Array(7))).toThrow(
      `Expected 6 bars of ${shape.features} features, got 7 numbers.`,
    )
  })
})

describe('dataset and fit', () => {
  const bars = quietMarket(700, 20)

  it('leaves out windows and targets that reach over a gap', () => {
    const whole = makeDataset(bars, hourMs, flatSeason, shape.lookback)
    const gapped = makeDataset([...bars.slice(0, 300), ...bars.slice(301)], hourMs, flatSeason, shape.lookback)
    // Gone: the missing bar's sample, the one whose target it was, and six windows that hold a return over the gap.
    expect(whole.bars.length - gapped.bars.length).toBe(1 + 1 + shape.lookback)
    expect(gapped.bars.every((b, i) => (gapped.next[i]?.ts ?? 0) - b.ts === hourMs)).toBe(true)
  })

  it('learns: a few epochs on a quiet market beat the untrained network, and the same seed learns the same', async () => {
    const dataset = makeDataset(bars, hourMs, flatSeason, shape.lookback)
    const options = { shape, seed: 1, epochs: 4, batchSize: 64, learningRate: 1e-2, validationStart: 500 }
    const first = await fit(dataset, options)
    const second = await fit(dataset, options)
    expect(first.losses.at(-1)?.validation).toBeLessThan(0.7 * (first.losses[0]?.validation as number))
    expect(second.losses).toEqual(first.losses)
    expect(first.network.getWeights()[0]?.dataSync()).toEqual(second.network.getWeights()[0]?.dataSync())
  })

  it('too few rows to learn from are refused with the number wanted', () => {
    expect(() => makeDataset(bars.slice(0, 50), hourMs, flatSeason, 24)).toThrow('Expected at least 98 rows, got 50.')
  })
})

describe('artifact', () => {
  const manifestOf = (sha256: string): Manifest => ({
    format: 1,
    name: 'test',
    version: '1',
    market: 'test:BTC-USD',
    interval: '1h',
    createdAt: '2021-01-01T00:00:00Z',
    sha256,
    network: { kind: 'lstm', lookback: 6, units: 5, parameters: 416, quantiles: [0.05, 0.5, 0.95] },
    features: { ...featureSet, features: [...featureSet.features] },
    scale: { seasonByHour: flatSeason, naive: { up: 0.4, down: 0.4 } },
    training: {
      from: '2018-05-15T06:00:00Z',
      to: '2020-12-31T23:00:00Z',
      bars: 700,
      validationFrom: '2020-10-01T00:00:00Z',
      seed: 1,
      epochs: 1,
      batchSize: 64,
      learningRate: 0.01,
      backend: 'wasm',
      seconds: 1,
      losses: [],
    },
    metrics: {
      bars: 1,
      from: '2020-10-01T00:00:00Z',
      to: '2020-12-31T23:00:00Z',
      high: { mae: 1, baselineMae: 1, coverage90: 0.9 },
      low: { mae: 1, baselineMae: 1, coverage90: 0.9 },
    },
    calibration: { residualOverScale: 0.4, residual: [1, 2, 3] },
  })

  async function written(): Promise<Artifact & { manifest: Manifest }> {
    const { modelJson, weights, sha256 } = await writeNetwork(makeNetwork(shape, 6))
    const manifest = manifestOf(sha256)
    return { modelJson, weights, manifest, manifestJson: JSON.stringify(manifest) }
  }

  it('written and loaded, it forecasts the same', async () => {
    const model = await loadModel(await written())
    expect(model.forecaster.predict(windowOf(3))).toEqual(lstm(makeNetwork(shape, 6), shape).predict(windowOf(3)))
  })

  it('is plain TF.js layers format: stock loadLayersModel reads it', async () => {
    const { modelJson, weights } = await written()
    const { modelTopology, weightsManifest } = JSON.parse(modelJson)
    const network = await layers.loadLayersModel(
      tf.io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: weights.slice().buffer as ArrayBuffer,
      }),
    )
    expect(network.countParams()).toBe(416)
  })

  it('one changed byte in the weights is refused by the hash', async () => {
    const artifact = await written()
    artifact.weights[10] = (artifact.weights[10] as number) ^ 1
    await expect(loadModel(artifact)).rejects.toMatchObject({ code: 'ERR_MODEL_HASH' })
  })

  it('features that this program does not compute are refused', async () => {
    const artifact = await written()
    const other = { ...artifact.manifest, features: { ...artifact.manifest.features, version: 99 } }
    await expect(loadModel({ ...artifact, manifestJson: JSON.stringify(other) })).rejects.toMatchObject({
      code: 'ERR_MODEL_SHAPE',
    })
  })

  it('weights of another size than the manifest says are refused with both', async () => {
    const artifact = await written()
    const other = { ...artifact.manifest, network: { ...artifact.manifest.network, units: 7 } }
    await expect(loadModel({ ...artifact, manifestJson: JSON.stringify(other) })).rejects.toMatchObject({
      code: 'ERR_MODEL_SHAPE',
    })
  })

  it('a manifest that is cut off or lacks a field is refused with the field', async () => {
    const artifact = await written()
    await expect(loadModel({ ...artifact, manifestJson: '{"format": 1' })).rejects.toMatchObject({
      code: 'ERR_MODEL_MANIFEST',
    })
    const { calibration: _, ...lacking } = artifact.manifest
    await expect(loadModel({ ...artifact, manifestJson: JSON.stringify(lacking) })).rejects.toThrow('calibration')
  })
})

describe('naive', () => {
  it('is close times one plus k times the range', () => {
    const { high, low } = naive(100, 0.02, { up: 0.5, down: 0.25 })
    expect(high).toBeCloseTo(101, 10)
    expect(low).toBeCloseTo(99.5, 10)
  })

  it('its k is the weighted median of what would have been right', () => {
    const sample = (rise: number) => ({ close: 100, fastRange: 0.01, next: { high: 100 + rise, low: 100 - 2 * rise } })
    const k = fitNaive([0.2, 0.5, 0.3, 9, 0.4].map(sample))
    expect(k.up).toBeCloseTo(0.4, 10)
    expect(k.down).toBeCloseTo(0.8, 10)
  })
})

describe('prices', () => {
  it('an upper quantile of the fall is the lower edge of the low', () => {
    const quantiles = { lower: 0, median: 1, upper: 2 }
    const { high, low } = toPrices(100, Math.log(1.1), { up: quantiles, down: quantiles }, { high: 1, low: 1 })
    expect(high).toMatchObject({ lower: 100, expected: 110, upper: 121 })
    expect(low.lower).toBeCloseTo(100 / 1.21, 5)
    expect(low).toMatchObject({ expected: 90.909091, upper: 100 })
  })

  it('the outcome is the forecast with what came and how far off it was', () => {
    const forecast = { expected: 100, lower: 99, upper: 101, baseline: 100.5 }
    expect(toOutcome(forecast, 102)).toEqual({ actual: 102, absoluteError: 2, ...forecast })
  })
})
