import { expect, test } from 'vitest'
import { at, candle } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { rankOf, sparkline } from './detectors.ts'

test('the share of less rare bars has enough digits to distinguish rare from rarer', () => {
  expect([0.0004998, 0.004, 0.0996, 0.25, 1].map(rankOf)).toEqual([
    'rarer than 99.95 %',
    'rarer than 99.6 %',
    'rarer than 90.0 %',
    'rarer than 75 %',
    'rarer than 0 %',
  ])
})

const candles = (pValues: readonly (number | null)[]): Candle[] =>
  pValues.map((pValue, hour) => {
    const detectors = pValue === null ? [] : [{ id: 'residual', score: 1, pValue, share: 1 }]
    return candle(hour, { detectors })
  })
const box = [22, 16] as const

test('a common bar is at the bottom, the rarest of 2,000 at the top; the line breaks where the detector has no p-value', () => {
  const drawn = sparkline(candles([1, 1, 1, 1, null, 1, 1, 1, 0.0005]), 'residual', at(8), box)
  expect(drawn).toEqual({ path: 'M3 13L5 13L7 13L9 13M13 13L15 13L17 13L19 3', dot: { x: 19, y: 3 } })
})

test('too few p-values make no line; a bar without a p-value has no dot', () => {
  expect(sparkline(candles([1, 1, 1]), 'residual', at(1), box)).toBeNull()
  expect(sparkline(candles(new Array(9).fill(1)), 'move', at(1), box)).toBeNull()
  expect(sparkline(candles([null, ...new Array(8).fill(1)]), 'residual', at(0), box)?.dot).toBeNull()
})
