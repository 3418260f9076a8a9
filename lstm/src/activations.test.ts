import '@tensorflow/tfjs-backend-wasm'
import { fill, setBackend, type Tensor, tensor1d, tensor2d, tensor3d, tidy, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { fusedLstm } from './index.ts'
import { numbers } from './problem.suite.ts'

beforeAll(async () => {
  await setBackend('wasm')
})

const grid = Float32Array.from({ length: 100_001 }, (_, i) => (i - 50_000) * 4e-4)
const farGrid = Float32Array.from({ length: 20_000 }, (_, i) => (i % 2 ? 1 : -1) * 10 ** (-38 + (i * 76) / 20_000))

/** With the input gate a hard 1 and no cell before, the new cell is the candidate: tanh(x). */
function tanhOf(x: Float32Array): Float32Array {
  return cellOf(x, 'hardSigmoid', [0, 0, 1, 0], [1e3, 0, 0, 0], 0)
}

/** With a candidate of 0 and a cell of 1 before, the new cell is the forget gate: sigmoid(x). */
function gateOf(x: Float32Array, activation: 'sigmoid' | 'hardSigmoid' = 'sigmoid'): Float32Array {
  return cellOf(x, activation, [0, 1, 0, 0], [0, 0, 0, 0], 1)
}

function cellOf(
  x: Float32Array,
  recurrentActivation: 'sigmoid' | 'hardSigmoid',
  kernel: number[],
  bias: number[],
  cellBefore: number,
): Float32Array {
  return tidy(() => {
    const { cell } = fusedLstm(tensor3d(x, [x.length, 1, 1]), tensor2d([kernel]), zeros([1, 4]), {
      bias: tensor1d(bias),
      initialState: [zeros([x.length, 1]), fill([x.length, 1], cellBefore)],
      recurrentActivation,
      returnCell: true,
    })
    return numbers(cell as Tensor)
  })
}

function largestError(found: Float32Array, x: Float32Array, exact: (x: number) => number): number {
  return x.reduce((largest, value, i) => Math.max(largest, Math.abs((found[i] as number) - exact(value))), 0)
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

it('tanh is at most 5e-7 off between -20 and 20', () => {
  expect(largestError(tanhOf(grid), grid, Math.tanh)).toBeLessThanOrEqual(5e-7)
})

it('the sigmoid is at most 5e-7 off between -20 and 20', () => {
  expect(largestError(gateOf(grid), grid, sigmoid)).toBeLessThanOrEqual(5e-7)
})

it('neither is more than 4e-6 off for any number of float32', () => {
  expect(largestError(tanhOf(farGrid), farGrid, Math.tanh)).toBeLessThanOrEqual(4e-6)
  expect(largestError(gateOf(farGrid), farGrid, sigmoid)).toBeLessThanOrEqual(4e-6)
})

it('tanh of a small number keeps its digits', () => {
  const small = farGrid.filter(x => Math.abs(x) < 0.1 && Math.abs(x) > 1e-30)
  tanhOf(small).forEach((found, i) => {
    const exact = Math.tanh(small[i] as number)
    expect(Math.abs(found - exact) / Math.abs(exact)).toBeLessThan(1e-6)
  })
})

it('tanh is odd, to the last bit', () => {
  const found = tanhOf(grid)
  expect(found.toReversed().map(value => -value + 0)).toEqual(found.map(value => value + 0))
})

it('tanh never leaves ±1, nor the sigmoid 0 to 1', () => {
  for (const x of [grid, farGrid, Float32Array.of(3.4e38, -3.4e38)]) {
    expect(tanhOf(x).every(value => value >= -1 && value <= 1)).toBe(true)
    expect(gateOf(x).every(value => value >= 0 && value <= 1)).toBe(true)
  }
})

it('the hard sigmoid is 0.2 x + 0.5, held between 0 and 1', () => {
  const exact = (x: number) => Math.min(1, Math.max(0, 0.2 * x + 0.5))
  expect(largestError(gateOf(grid, 'hardSigmoid'), grid, exact)).toBeLessThan(1e-7)
})
