import { expect, it } from 'vitest'
import { accuracy, coverage, rangeShares } from './score.ts'

it('misses of 3 on 100 and 4 on 200 have the accuracy computed by hand', () => {
  const { rows, mae, mape, rmse } = accuracy([
    { actual: 100, expected: 103 },
    { actual: 200, expected: 196 },
  ])
  expect(rows).toBe(2)
  expect(mae).toBe(3.5)
  expect(mape).toBeCloseTo(2.5, 12)
  expect(rmse).toBeCloseTo(Math.sqrt(12.5), 12)
})

const at = (actual: number) => ({ actual, lower: 90, expected: 100, upper: 110 })

it('range shares: below, either half, above; edges are inside', () => {
  const outcomes = [89, 90, 100, 101, 110, 111, 112, 95].map(at)
  expect(rangeShares(outcomes)).toEqual({ below: 1 / 8, lowerHalf: 3 / 8, upperHalf: 2 / 8, above: 2 / 8 })
  expect(coverage(outcomes)).toBe(5 / 8)
})
