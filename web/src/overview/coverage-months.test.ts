import { expect, test } from 'vitest'
import { candle, feedFault, verdict } from '../state/example.suite.ts'
import { coverageMonths } from './coverage-months.ts'

const left = { high: { ...verdict(0).high!, actual: 113 } }

// Hour 0 is 19 May 2021; 312 hours later it is June.
test('four bars in May, one with a high outside its range, and one in June give the coverage of two months', () => {
  const months = coverageMonths([candle(0), candle(1, left), candle(2), candle(3), candle(312)], 'utc')
  expect(months).toMatchObject([
    { from: Date.UTC(2021, 4), to: Date.UTC(2021, 5), bars: 4, high: 0.75, low: 1 },
    { from: Date.UTC(2021, 5), to: Date.UTC(2021, 6), bars: 1, high: 1, low: 1 },
  ])
  // √(0.9 · 0.1 / 4) is 0.15.
  expect(months[0]?.chance).toBeCloseTo(1.96 * 0.15, 12)
})

test('a month with less than a quarter of the bars of the fullest is left out', () => {
  const may = [0, 1, 2, 3, 4].map(hour => candle(hour))
  expect(coverageMonths([...may, candle(312)], 'utc')).toMatchObject([{ bars: 5 }])
})

test('faults of the feed, and bars without a forecast, are left out', () => {
  expect(
    coverageMonths([candle(0, { ...left, ...feedFault }), candle(1, { high: null }), candle(2)], 'utc'),
  ).toMatchObject([{ bars: 1, high: 1 }])
  expect(coverageMonths([{ ...candle(0), verdict: null }], 'utc')).toEqual([])
})
