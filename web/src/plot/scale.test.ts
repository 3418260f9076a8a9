import { expect, test } from 'vitest'
import { linear, nearest, pathOf, roundTicks, stepped } from './scale.ts'

test('a quarter of the domain is at a quarter of the width, also when reversed', () => {
  expect(linear([100, 200], [0, 40])(125)).toBe(10)
  expect(linear([0, 4], [80, 0])(1)).toBe(60)
  expect(linear([7, 7], [0, 40])(7)).toBe(20)
})

test('ticks are round, within the domain, and no more than the maximum', () => {
  expect(roundTicks([0, 3], 4)).toEqual([0, 1, 2, 3])
  expect(roundTicks([0.93, 1.04], 4)).toEqual([0.95, 1])
  expect(roundTicks([37_214, 42_870], 3)).toEqual([38_000, 40_000, 42_000])
  expect(roundTicks([-0.05, 0.3], 4)).toEqual([0, 0.1, 0.2, 0.3])
  expect(roundTicks([5, 5], 3)).toEqual([5])
})

test('arrow keys go from stop to stop and not past the ends; other keys keep their meaning', () => {
  expect(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageDown', 'e'].map(key => stepped(key, 4, 5))).toEqual([
    ...[3, 5, 0, 5, 0, null],
  ])
  expect(stepped('ArrowUp', 5, 5)).toBe(5)
})

test('a pointer stops at the nearest place', () => {
  expect([0, 14, 16, 90].map(px => nearest([10, 20, 40], px))).toEqual([0, 0, 1, 2])
})

test('a line breaks where values are missing', () => {
  expect(pathOf([[1, 2], [3.04, 4], null, [5, 6]])).toBe('M1 2L3 4M5 6')
  expect(pathOf([])).toBe('')
})
