import { expect, test } from 'vitest'
import { at, barRow, hourMs } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { averageAt } from './averages.ts'

const closing = (closes: readonly number[]): Candle[] =>
  closes.map((close, hour) => ({ ...barRow(hour), close, at: at(hour), verdict: null }))

test('closes 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and standard deviation 2', () => {
  expect(averageAt(closing([2, 4, 4, 4, 5, 5, 7, 9]), 7, 8, hourMs)).toEqual({ mean: 5, deviation: 2 })
})

test('only the last bars count', () => {
  expect(averageAt(closing([900, 1, 3]), 2, 2, hourMs)).toEqual({ mean: 2, deviation: 1 })
})

test('there is no average with too few bars before it', () => {
  expect(averageAt(closing([1, 2]), 1, 3, hourMs)).toBeNull()
})

test('there is no average while one of its bars is missing', () => {
  expect(averageAt(closing([1, 2, 3, 4]).toSpliced(2, 1), 2, 3, hourMs)).toBeNull()
})

test('a flat market far from zero has no deviation and no rounding error', () => {
  expect(averageAt(closing(Array(20).fill(1e9 + 0.1)), 19, 20, hourMs)?.deviation).toBeCloseTo(0, 6)
})
