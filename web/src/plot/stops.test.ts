import { expect, test } from 'vitest'
import { pathOf } from './path.ts'
import { nearest, stepped } from './stops.ts'

test('arrow keys go from stop to stop and not past the ends; other keys keep their meaning', () => {
  expect(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageDown', 'e'].map(key => stepped(key, 4, 5))).toEqual([
    ...[3, 5, 0, 5, 0, null],
  ])
  expect(stepped('ArrowUp', 5, 5)).toBe(5)
})

test('a pointer stops at the nearest place', () => {
  expect([0, 14, 16, 90].map(px => nearest([10, 20, 40], px))).toEqual([0, 0, 1, 2])
})

test('a line breaks where nothing is known', () => {
  expect(pathOf([[1, 2], [3.04, 4], null, [5, 6]])).toBe('M1 2L3 4M5 6')
  expect(pathOf([])).toBe('')
})
