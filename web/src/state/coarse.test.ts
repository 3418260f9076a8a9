import type { Ms } from '@candlewatch/api/units'
import { expect, test } from 'vitest'
import { type Coarse, extended, gathered, mayStandIn, serves } from './coarse.ts'
import { at, hourMs } from './example.suite.ts'
import { type Candle, emptySeries, extendSeries, seriesUntil } from './series.ts'

const candle = (hour: number, high = 110): Candle => ({
  at: at(hour),
  open: 100,
  high,
  low: 90,
  close: 100,
  volume: 5,
  verdict: null,
})
const series = extendSeries(emptySeries, [candle(0), candle(1), candle(2, 130), candle(3), candle(4)])
const coarse: Coarse = { range: [at(-10), at(2)], widthMs: (2 * hourMs) as Ms, candles: [candle(-2), candle(0)] }

test('candles that are too wide for a range are shown until finer ones arrive', () => {
  expect(serves(coarse, series, [at(-10), at(2)], at(-10))).toBe(true)
  expect(serves(coarse, series, [at(-1), at(0)], at(-10))).toBe(false)
  expect(mayStandIn(coarse, series, [at(-1), at(0)], at(-10))).toBe(true)
})

test('candles that do not cover the range are not used', () => {
  expect(mayStandIn(coarse, series, [at(-20), at(2)], at(-20))).toBe(false)
  expect(mayStandIn(coarse, series, [at(-20), at(2)], at(-10))).toBe(true)
  expect(mayStandIn(null, series, [at(-1), at(0)], at(-10))).toBe(false)
})

test('bars continue where the candles end; candles whose next bars are no longer in memory are not used', () => {
  expect(mayStandIn(coarse, series, [at(-10), at(4)], at(-10))).toBe(true)
  expect(mayStandIn({ ...coarse, range: [at(-10), at(-1)] }, series, [at(-10), at(4)], at(-10))).toBe(false)
})

test('four bars in two candles give first open, last close, extreme prices and total volume', () => {
  expect(gathered(series.candles.slice(0, 4), 2 * hourMs, at(0))).toEqual([
    { ...candle(0), volume: 10 },
    { ...candle(2, 130), volume: 10 },
  ])
})

test('newer bars continue the candles of the server, two to a candle', () => {
  const candles = extended(coarse, series)
  expect(candles.map(one => one.at)).toEqual([at(-2), at(0), at(2), at(4)])
  expect(candles[2]).toMatchObject({ high: 130, volume: 10 })
  expect(candles[3]).toMatchObject({ volume: 5 })
})

test('when the past is replayed, no candle of the server contains a later bar', () => {
  const seen = (hour: number) => extended(coarse, seriesUntil(series, at(hour)))
  expect(seen(2).map(one => one.at)).toEqual([at(-2), at(0), at(2)])
  expect(seen(2).at(-1)).toMatchObject({ high: 130, volume: 5 })
  expect(seen(0).at(-1)).toMatchObject({ at: at(0), volume: 5 })
  expect(
    extended({ ...coarse, candles: [candle(0), candle(2, 130), candle(4)] }, seriesUntil(series, at(1))),
  ).toMatchObject([{ at: at(0), high: 110, volume: 10 }])
  expect(extended(coarse, emptySeries)).toEqual([])
  // Only the second bar of the last candle is in memory, so the candle shows no more than that.
  const wide = { ...coarse, widthMs: (4 * hourMs) as Ms, candles: [candle(-4), candle(0, 150)] }
  const late = extendSeries(emptySeries, [candle(1), candle(2, 130), candle(3)])
  expect(extended(wide, seriesUntil(late, at(1)))).toMatchObject([{ at: at(-4) }, { at: at(0), high: 110, volume: 5 }])
})
