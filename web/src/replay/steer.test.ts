import { expect, test } from 'vitest'
import { adjacentSpeed } from './steer.ts'

test.each([
  [1_000, 1, 500],
  [20, 1, 0],
  [0, 1, 0],
  [0, -1, 20],
  [1_000, -1, 1_000],
  [150, 1, 100],
  [150, -1, 200],
  [60_000, 1, 1_000],
] as const)('a replay with a row every %i ms, changed by %i, has one every %i ms', (everyMs, direction, next) => {
  expect(adjacentSpeed(everyMs, direction)).toBe(next)
})
