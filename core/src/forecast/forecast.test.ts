import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { hourMs, quietMarket } from '../engine/rehearsal.suite.ts'
import { featureNames, featureSet } from '../features/volatility-scaled.ts'
import { makeRng } from '../stats/rng.ts'
import type { Ms } from '../types.ts'
import { type Artifact, loadModel, type Manifest, writeNetwork } from './artifact.ts'
import { startBackend } from './backend.ts'
import { Coverage } from './coverage.ts'
import { makeDataset } from './dataset.ts'
import { fit } from './fit.ts'
import { lstm, makeNetwork } from './lstm.ts'
import { fitNaive, naive } from './naive.ts'
import { highLow, priceForecast, toOutcome } from './prices.ts'
import { levels, targets } from './quantiles.ts'
import { SkillGate } from './skill.ts'

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
    const found = targets.flatMap(target => forecast[target])
    const ordered = targets.flatMap((_, i) => predicted.slice(7 * i, 7 * (i + 1)).sort((a, b) => a - b))
    expect(found).toHaveLength(35)
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

  it('closed hours break no window; openings are in the windows and not among the targets', () => {
    const hourOf = ({ ts }: { readonly ts: number }) => new Date(ts - hourMs).getUTCHours()
    const sessions = quietMarket(24 * 60, 21).filter(b => hourOf(b) >= 14 && hourOf(b) < 21)
    const dataset = makeDataset(sessions, hourMs, flatSeason, 16)
    expect(dataset.next.some(b => hourOf(b) === 14)).toBe(false)
    // All bars after the first 73 that follow another one of their day.
    const targets = sessions.slice(73).filter(b => hourOf(b) !== 14)
    expect(dataset.next.map(b => b.ts)).toEqual(targets.map(b => b.ts))
  })

  it('a few epochs on a quiet market beat the untrained network, and the same seed gives the same network', async () => {
    const dataset = makeDataset(bars, hourMs, flatSeason, shape.lookback)
    const options = {
      shape,
      seed: 1,
      epochs: 4,
      batchSize: 64,
      learningRate: 1e-2,
      validationStart: 500,
      weighting: 'scale' as const,
      averaging: 0.9,
    }
    const first = await fit(dataset, options)
    const second = await fit(dataset, options)
    const untrained = await fit(dataset, { ...options, epochs: 1, learningRate: 1e-9 })
    expect(first.losses.at(-1)?.validation).toBeLessThan(0.7 * (untrained.losses[0]?.validation as number))
    expect(second.losses).toEqual(first.losses)
    expect(first.network.getWeights()[0]?.dataSync()).toEqual(second.network.getWeights()[0]?.dataSync())
  })

  it('too few rows to learn from are refused with the number wanted', () => {
    expect(() => makeDataset(bars.slice(0, 50), hourMs, flatSeason, 24)).toThrow('Expected at least 98 rows, got 50.')
  })
})

describe('artifact', () => {
  const manifestOf = (sha256: string): Manifest => ({
    format: 4,
    name: 'test',
    version: '1',
    market: 'test:BTC-USD',
    interval: '1h',
    createdAt: '2021-01-01T00:00:00Z',
    sha256,
    network: {
      kind: 'lstm',
      lookback: 6,
      units: 5,
      members: 1,
      parameters: 830,
      targets: [...targets],
      quantiles: [...levels],
    },
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
      weighting: 'scale',
      averaging: 0,
      distillation: 0,
      refitted: false,
      backend: 'wasm',
      seconds: 1,
      losses: [],
      kept: [1],
    },
    metrics: {
      bars: 1,
      from: '2020-10-01T00:00:00Z',
      to: '2020-12-31T23:00:00Z',
      high: { mae: 1, baselineMae: 1, coverage90: 0.9 },
      low: { mae: 1, baselineMae: 1, coverage90: 0.9 },
    },
    calibration: {
      model: { residualOverScale: 0.4, residual: [1, 2, 3] },
      naive: { residualOverScale: 0.4, residual: [1, 2, 3] },
      intervals: { model: { up: [], down: [] }, naive: { up: [], down: [] } },
      feed: [],
    },
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
    expect(network.countParams()).toBe(830)
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

  it('weights whose size differs from the manifest are refused with both sizes', async () => {
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

  it('its k is the weighted median of the values that would have been right', () => {
    const sample = (rise: number) => ({ close: 100, fastRange: 0.01, next: { high: 100 + rise, low: 100 - 2 * rise } })
    const k = fitNaive([0.2, 0.5, 0.3, 9, 0.4].map(sample))
    expect(k.up).toBeCloseTo(0.4, 10)
    expect(k.down).toBeCloseTo(0.8, 10)
  })
})

describe('prices', () => {
  const standing = {
    close: 100,
    scale: Math.log(1.1),
    rangeScale: Math.log(1.1),
    usualVolume: 10,
    isOpening: false,
  }
  const quantiles = [-1, 0, 0.5, 1, 1.5, 2, 3]

  it('the 95 % quantile of the fall is the lower edge of the low', () => {
    const { high, low } = highLow(standing, { up: quantiles, down: quantiles }, { up: 0, down: 0 })
    expect(high).toEqual({ expected: 110, lower: 100, upper: 121 })
    expect(low).toEqual({ expected: 90.909091, lower: 82.644628, upper: 100 })
  })

  it('widened by one S, both edges move out by it; narrowed too far, they stop at the median', () => {
    const wide = highLow(standing, { up: quantiles, down: quantiles }, { up: 1, down: 0 })
    expect(wide.high).toEqual({ expected: 110, lower: 90.909091, upper: 133.1 })
    const narrow = highLow(standing, { up: quantiles, down: quantiles }, { up: -9, down: 0 })
    expect(narrow.high).toEqual({ expected: 110, lower: 110, upper: 110 })
  })

  it('the expectation and its range come from the driver, and both medians are shown', () => {
    const model = { expected: 100, lower: 99, upper: 101 }
    const naive = { expected: 102, lower: 98, upper: 106 }
    expect(priceForecast('model', model, naive)).toEqual({ ...model, baseline: 102, model: 100 })
    expect(priceForecast('naive', model, naive)).toEqual({ ...naive, baseline: 102, model: 100 })
  })

  it('the outcome has the forecast, the actual value and the error', () => {
    const forecast = { expected: 100, lower: 99, upper: 101, baseline: 100.5, model: 100 }
    expect(toOutcome(forecast, 102)).toEqual({ actual: 102, absoluteError: 2, ...forecast })
  })
})

describe('Coverage', () => {
  it('does not widen with fewer than a hundred outcomes', () => {
    const coverage = new Coverage(Array.from({ length: 99 }, () => 1))
    expect(coverage.widening).toBe(0)
  })

  it('of the scores 1 to 100, nine in ten are at most 91: ⌈0.9 × 101⌉', () => {
    expect(new Coverage(Array.from({ length: 100 }, (_, i) => i + 1)).widening).toBe(91)
  })

  it('a range half as wide as it should be is brought back to nine in ten within its window', () => {
    const rng = makeRng(5)
    const coverage = new Coverage()
    const tooNarrow = [0, -0.8, 0, 0, 0, 0.8, 0]
    let held = 0
    for (let i = 0; i < 5_000; i++) {
      const outcome = rng.normal()
      const { widening } = coverage
      if (i >= 1_000 && outcome >= -0.8 - widening && outcome <= 0.8 + widening) held++
      coverage.learn(tooNarrow, outcome)
    }
    expect(held / 4_000).toBeGreaterThan(0.88)
    expect(held / 4_000).toBeLessThan(0.92)
  })
})

describe('SkillGate', () => {
  const dayMs = 86_400_000 as Ms
  const hourMs = 3_600_000 as Ms
  /** Errors of every bar from one day to another. */
  const learn = (
    gate: SkillGate,
    [from, to]: readonly [number, number],
    model: number,
    naive: number,
    barMs: number = dayMs,
  ) => {
    for (let ts = from * dayMs + barMs; ts <= to * dayMs; ts += barMs) gate.learn(ts as Ms, model, naive)
  }

  it.each([dayMs, hourMs, 60_000 as Ms])(
    'the model is the driver until a week of errors shows otherwise, in bars of %i ms',
    barMs => {
      const gate = new SkillGate(barMs)
      learn(gate, [0, 6], 2, 1, barMs)
      expect(gate.skill).toMatchObject({ by: 'model', bars: (6 * dayMs) / barMs, reason: { code: 'few-errors' } })
      learn(gate, [6, 7], 2, 1, barMs)
      expect(gate.skill.by).toBe('naive')
      expect(gate.skill.reason).toEqual({ code: 'naive-better', days: 60, modelPercent: 2, naivePercent: 1 })
    },
  )

  it('a loss of up to one percent is none, and a lost model returns once it is no longer worse over 60 days', () => {
    const gate = new SkillGate(hourMs)
    learn(gate, [0, 60], 1.009, 1, hourMs)
    expect(gate.skill.by).toBe('model')
    learn(gate, [60, 120], 1.02, 1, hourMs)
    expect(gate.skill.by).toBe('naive')
    learn(gate, [120, 179], 0.9998, 1, hourMs)
    expect(gate.skill.by).toBe('naive')
    learn(gate, [179, 180], 0.9998, 1, hourMs)
    expect(gate.skill).toMatchObject({ by: 'model', bars: 60 * 24, modelPercent: 0.9998, naivePercent: 1 })
  })

  it('a week of trading days is enough, and an old error does not count after a long absence', () => {
    const gate = new SkillGate(hourMs)
    for (const day of [0, 1, 2, 3, 4]) learn(gate, [day, day + 0.25], 2, 1, hourMs)
    expect(gate.skill.by).toBe('model')
    learn(gate, [7, 7.25], 2, 1, hourMs)
    expect(gate.skill).toMatchObject({ by: 'naive', bars: 36 })
    learn(gate, [200, 200.25], 2, 1, hourMs)
    expect(gate.skill).toMatchObject({ bars: 6, reason: { code: 'few-errors', bars: 6 } })
  })

  it('bars of a month are compared over the last thirty of them', () => {
    const gate = new SkillGate((30 * dayMs) as Ms)
    learn(gate, [0, 6 * 30], 2, 1, 30 * dayMs)
    expect(gate.skill.by).toBe('model')
    learn(gate, [6 * 30, 60 * 30], 2, 1, 30 * dayMs)
    expect(gate.skill).toMatchObject({ by: 'naive', bars: 30 })
  })

  it('a market of minutes keeps no more than one of hours', () => {
    const sizes = [60_000 as Ms, hourMs].map(barMs => {
      const gate = new SkillGate(barMs)
      learn(gate, [0, 70], 2, 1, barMs)
      return gate.save().length
    })
    expect(sizes[0]).toBe(sizes[1])
    expect(sizes[0]).toBeLessThan(2_000)
  })

  it('saved and loaded, it goes on with the same window', () => {
    const [a, b] = [new SkillGate(dayMs), new SkillGate(dayMs)]
    learn(a, [0, 20], 2, 1)
    b.load(a.save())
    learn(a, [20, 75], 0.5, 1)
    learn(b, [20, 75], 0.5, 1)
    expect(b.skill).toEqual(a.skill)
    expect(b.save()).toEqual(a.save())
  })
})
