import { expect, test } from 'vitest'
import { anomaly, at, candle, hourMs } from '../state/example.suite.ts'
import { emptySeries, extendSeries } from '../state/series.ts'
import { adjacentBar, barNear } from './inspect.ts'

const candles = [0, 1, 2, 3].map(hour => candle(hour, hour === 1 ? anomaly : {}))
const series = extendSeries(emptySeries, candles)

test('the pointer inspects the nearest bar', () => {
  expect(barNear(series, at(2.4), 0)).toBe(at(2))
  expect(barNear(series, at(2.6), 0)).toBe(at(3))
})

test('an anomaly within reach is preferred to a nearer bar', () => {
  expect(barNear(series, at(1.9), hourMs)).toBe(at(1))
})

test('right of the newest bar the forecast bar is inspected', () => {
  expect(barNear(series, at(3.6), 0)).toBe(at(4))
})

test('without bars nothing is inspected', () => {
  expect(barNear(emptySeries, at(0), 0)).toBeNull()
  expect(adjacentBar(emptySeries, null, 1)).toBeNull()
})

test('the arrow keys begin at the newest bar and stop at both ends', () => {
  expect(adjacentBar(series, null, -1)).toBe(at(3))
  expect(adjacentBar(series, at(3), -1)).toBe(at(2))
  expect(adjacentBar(series, at(0), -1)).toBe(at(0))
  expect(adjacentBar(series, at(3), 1)).toBe(at(3))
})
