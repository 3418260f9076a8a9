import { expect, test } from 'vitest'
import { decimate } from './trace.ts'

test('few points are all kept', () => {
  expect(decimate(3, () => 0, 4)).toEqual([0, 1, 2])
})

test('the minimum and the maximum of each bucket are kept, in their order', () => {
  const values = [5, 9, 1, 4, 2, 2, 8, 7]
  // Buckets 5 9 1 4 and 2 2 8 7: 9 before 1, then 2 before 8.
  expect(decimate(values.length, index => values[index]!, 4)).toEqual([1, 2, 4, 6])
})

test('a single spike among 10,000 points is kept', () => {
  expect(decimate(10_000, index => (index === 7_777 ? 1 : 0), 1_200)).toContain(7_777)
})

test('there are never more points than the maximum', () => {
  expect(decimate(10_000, index => Math.sin(index), 1_200).length).toBeLessThanOrEqual(1_200)
})
