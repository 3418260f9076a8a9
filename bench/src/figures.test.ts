import { expect, test } from 'vitest'
import { slope } from './figures.ts'

test('a line that rises, and falls back by half of it, rises by half a step on average', () => {
  const points = [1, 3, 2].map((y, x) => ({ x, y }))
  // Sum of products of the deviations over sum of squares: (1 + 0 + 0) / (1 + 0 + 1).
  expect(slope(points)).toBe(0.5)
})
