import { expect, it } from 'vitest'
import { clipped, limitsOf, winsorised } from './limits.ts'
import { makeRng } from './rng.ts'
import { rowsOf } from './rows.ts'

it('limits, by hand: median 3 of 1 to 5, deviations 2 1 0 1 2, so 3 ± 6 × 1.4826 × 1', () => {
  const { low, high } = limitsOf(rowsOf([[5], [1], [3], [2], [4]]), 6)
  expect(low[0]).toBeCloseTo(3 - 8.8956, 10)
  expect(high[0]).toBeCloseTo(3 + 8.8956, 10)
})

it('a feature that never moved has no limits, so that its next value is learned unchanged', () => {
  const { low, high } = limitsOf(rowsOf([[2], [2], [2]]), 6)
  expect([low[0], high[0]]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
})

it('each feature is held within limits of its own', () => {
  const limits = { low: Float64Array.of(-1, 0), high: Float64Array.of(1, 9) }
  expect([
    ...clipped(
      rowsOf([
        [-5, -5],
        [0.5, 50],
      ]),
      limits,
    ).values,
  ]).toEqual([-1, 0, 0.5, 9])
})

it('a bad tick is one row among the others', () => {
  const rng = makeRng(3)
  const rows = rowsOf(Array.from({ length: 50 }, (_, i) => [i === 20 ? 1e6 : rng.normal()]))
  expect(Math.max(...winsorised(rows).values)).toBeLessThan(10)
})
