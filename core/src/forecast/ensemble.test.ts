import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { startBackend } from './backend.ts'
import { merge } from './ensemble.ts'
import { lstm, makeNetwork } from './lstm.ts'

const shape = { lookback: 5, features: 13, units: 3 }

beforeAll(async () => {
  await startBackend()
})

it('three merged networks give the mean of their outputs', () => {
  const rng = makeRng(1)
  const window = Float32Array.from({ length: shape.lookback * shape.features }, () => rng.normal())
  const members = [1, 2, 3].map(seed => makeNetwork(shape, seed))
  const answers = members.map(network =>
    tf.tidy(() => {
      const input = tf.tensor3d(window, [1, shape.lookback, shape.features])
      return Array.from((network.predict(input) as tf.Tensor).dataSync())
    }),
  )
  const { network, shape: merged } = merge(members, shape)
  expect(merged.units).toBe(9)
  const found = tf.tidy(() => {
    const input = tf.tensor3d(window, [1, shape.lookback, shape.features])
    return Array.from((network.predict(input) as tf.Tensor).dataSync())
  })
  found.forEach((x, i) => {
    expect(x).toBeCloseTo(answers.reduce((sum, answer) => sum + (answer[i] as number), 0) / 3, 5)
  })
})

it('a merged network works as a forecaster', () => {
  const { network, shape: merged } = merge(
    [4, 5].map(seed => makeNetwork(shape, seed)),
    shape,
  )
  const forecast = lstm(network, merged).predict(new Float32Array(shape.lookback * shape.features).fill(0.1))
  expect(forecast.up).toHaveLength(7)
  expect(forecast.up.every(Number.isFinite)).toBe(true)
})
