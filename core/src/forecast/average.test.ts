import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { WeightAverage } from './average.ts'
import { startBackend } from './backend.ts'
import { makeNetwork } from './lstm.ts'

const shape = { lookback: 2, features: 2, units: 1 }

beforeAll(async () => {
  await startBackend()
})

/** Every weight is that number. */
function setAll(network: ReturnType<typeof makeNetwork>, x: number): void {
  tf.tidy(() => network.setWeights(network.getWeights().map(weight => tf.fill(weight.shape, x))))
}

const first = (network: ReturnType<typeof makeNetwork>) => network.getWeights()[0]?.dataSync()[0]

it('after 1, 3 and 7 with half kept, the mean is 4.5; swapped back, training goes on with 7', () => {
  const network = makeNetwork(shape, 1)
  const average = new WeightAverage(network, 0.5)
  for (const x of [1, 3, 7]) {
    setAll(network, x)
    average.learn()
  }
  average.swap()
  expect(first(network)).toBe(4.5)
  average.swap()
  expect(first(network)).toBe(7)
  network.dispose()
})

it('there is nothing to swap before the first step, and no tensor is left behind', () => {
  const network = makeNetwork(shape, 1)
  setAll(network, 2)
  const before = tf.memory().numTensors
  const average = new WeightAverage(network, 0.9)
  average.swap()
  expect(first(network)).toBe(2)
  average.learn()
  for (let i = 0; i < 4; i++) average.swap()
  expect(tf.memory().numTensors).toBe(before)
  network.dispose()
})
