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

test('candles of a far wider range would be steps: they stand in until others come', () => {
  expect(serves(coarse, series, [at(-10), at(2)], at(-10))).toBe(true)
  expect(serves(coarse, series, [at(-1), at(0)], at(-10))).toBe(false)
  expect(mayStandIn(coarse, series, [at(-1), at(0)], at(-10))).toBe(true)
})

test('candles that do not reach as far do not serve', () => {
  expect(mayStandIn(coarse, series, [at(-20), at(2)], at(-20))).toBe(false)
  expect(mayStandIn(coarse, series, [at(-20), at(2)], at(-10))).toBe(true)
  expect(mayStandIn(null, series, [at(-1), at(0)], at(-10))).toBe(false)
})

test('bars go on from where the candles end; where those are not in memory any more, the candles do not serve', () => {
  expect(mayStandIn(coarse, series, [at(-10), at(4)], at(-10))).toBe(true)
  expect(mayStandIn({ ...coarse, range: [at(-10), at(-1)] }, series, [at(-10), at(4)], at(-10))).toBe(false)
})

test('four bars gathered two by two: first open, last close, furthest prices, all of the volume', () => {
  expect(gathered(series.candles.slice(0, 4), 2 * hourMs, at(0))).toEqual([
    { ...candle(0), volume: 10 },
    { ...candle(2, 130), volume: 10 },
  ])
})

test('bars that came since go on after the server’s candles, two to a candle', () => {
  const candles = extended(coarse, series)
  expect(candles.map(one => one.at)).toEqual([at(-2), at(0), at(2), at(4)])
  expect(candles[2]).toMatchObject({ high: 130, volume: 10 })
  expect(candles[3]).toMatchObject({ volume: 5 })
})

test('the past that is watched again: no candle of the server’s knows a bar that is still to come', () => {
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
