import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { quickenShuffle } from './shuffle.ts'

/** The result of TF.js's own kernel before it was replaced. */
let expected: number[][]

const cases: readonly [string, number[], number[], 'float32' | 'int32', number][] = [
  ['rows of a matrix', [7, 5], [3, 3, 0, 6], 'float32', 0],
  ['windows, as model.fit does', [9, 4, 3], [8, 1, 2, 5, 0], 'float32', 0],
  ['single numbers', [6], [5, 0, 0], 'float32', 0],
  ['whole numbers, which stay with the stock kernel', [4, 2], [3, 1], 'int32', 0],
  ['columns, which stay with the stock kernel', [4, 6], [5, 2, 2], 'float32', 1],
]

const gather = ([, shape, indices, dtype, axis]: (typeof cases)[number]) =>
  tf.tidy(() => {
    const size = shape.reduce((product, length) => product * length, 1)
    const x = tf.tensor(
      Array.from({ length: size }, (_, i) => i - 3),
      shape,
      dtype,
    )
    return Array.from(tf.gather(x, tf.tensor1d(indices, 'int32'), axis).dataSync())
  })

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
  expected = cases.map(gather)
  quickenShuffle()
  quickenShuffle()
})

describe('quickenShuffle', () => {
  it.each(cases.map((one, i) => [one[0], i] as const))('gathers as before: %s', (_, i) => {
    expect(gather(cases[i] as (typeof cases)[number])).toEqual(expected[i])
  })

  it('does not serve whole numbers as floats', () => {
    const dtype = tf.tidy(() => tf.gather(tf.tensor2d([[1], [2]], [2, 1], 'int32'), tf.tensor1d([1], 'int32')).dtype)
    expect(dtype).toBe('int32')
  })

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors
    for (const one of cases) gather(one)
    expect(tf.memory().numTensors).toBe(before)
  })
})
