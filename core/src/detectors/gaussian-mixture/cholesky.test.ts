import { expect, it } from 'vitest'
import { cholesky, whitener } from './cholesky.ts'

// 4 12 −16 / 12 37 −43 / −16 −43 98: its factor has whole numbers, 2 / 6 1 / −8 5 3.
const matrix = [4, 12, -16, 12, 37, -43, -16, -43, 98]

it('a factor of whole numbers is as computed by hand', () => {
  expect([...(cholesky(matrix, 3) as Float64Array)]).toEqual([2, 6, 1, -8, 5, 3])
})

it('the whitener is the inverse of the factor: times it, the unit matrix', () => {
  // 1/2 / −3 1 / 19/3 −5/3 1/3, by forward substitution on paper.
  const expected = [1 / 2, -3, 1, 19 / 3, -5 / 3, 1 / 3]
  whitener(matrix, 3)?.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 12)
  })
})

it('a singular matrix and one with a negative variance have none', () => {
  expect(cholesky([1, 1, 1, 1], 2)).toBeNull()
  expect(whitener([-1], 1)).toBeNull()
})
