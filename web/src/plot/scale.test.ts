import { expect, test } from 'vitest'
import { linear, roundTicks } from './scale.ts'

test('a quarter of the domain lies at a quarter of the width, upside down too', () => {
  expect(linear([100, 200], [0, 40])(125)).toBe(10)
  expect(linear([0, 4], [80, 0])(1)).toBe(60)
  expect(linear([7, 7], [0, 40])(7)).toBe(20)
})

test('ticks are round, within the domain, and no more than were asked for', () => {
  expect(roundTicks([0, 3], 4)).toEqual([0, 1, 2, 3])
  expect(roundTicks([0.93, 1.04], 4)).toEqual([0.95, 1])
  expect(roundTicks([37_214, 42_870], 3)).toEqual([38_000, 40_000, 42_000])
  expect(roundTicks([-0.05, 0.3], 4)).toEqual([0, 0.1, 0.2, 0.3])
  expect(roundTicks([5, 5], 3)).toEqual([5])
})
