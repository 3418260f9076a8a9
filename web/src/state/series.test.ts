import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { expect, test } from 'vitest'
import { anomaly, at, verdict } from './example.suite.ts'
import { type Candle, emptySeries, extendSeries, firstFrom, seriesUntil } from './series.ts'

function candle(hour: number, change: Partial<Verdict> | null = null): Candle {
  const row = verdict(hour, change ?? {})
  return { at: at(hour), ...row.bar, verdict: change && row }
}

const hoursOf = (candles: readonly Candle[]) => candles.map(({ at: open }) => (open - at(0)) / 3_600_000)

test('rows that arrive out of order and twice are kept in order and once', () => {
  const series = extendSeries(emptySeries, [candle(2), candle(0), candle(2), candle(1)])
  expect(hoursOf(series.candles)).toEqual([0, 1, 2])
})

test('older rows that arrive after newer ones are put before them', () => {
  const newer = extendSeries(emptySeries, [candle(5, anomaly), candle(6)])
  const series = extendSeries(newer, [candle(1, anomaly), candle(2)])
  expect(hoursOf(series.candles)).toEqual([1, 2, 5, 6])
  expect(hoursOf(series.alarms)).toEqual([1, 5])
})

test('a row fills a gap', () => {
  const series = extendSeries(extendSeries(emptySeries, [candle(0), candle(2)]), [candle(1)])
  expect(hoursOf(series.candles)).toEqual([0, 1, 2])
})

test('a corrected bar keeps the verdict until a new one comes', () => {
  const judged = extendSeries(emptySeries, [candle(0, anomaly)])
  const corrected = extendSeries(judged, [{ ...candle(0), close: 101 }])
  expect(corrected.candles[0]).toMatchObject({ close: 101, verdict: { status: 'anomaly' } })
  expect(corrected.tally.anomalies).toBe(1)
  const cleared = extendSeries(corrected, [candle(0, {})])
  expect(cleared.tally).toMatchObject({ judged: 1, anomalies: 0 })
  expect(cleared.alarms).toEqual([])
})

test('when there are more rows than the page keeps, the oldest are removed with their alarms and sums', () => {
  const series = extendSeries(extendSeries(emptySeries, [candle(0, anomaly), candle(1, {})], 2), [candle(2, {})], 2)
  expect(hoursOf(series.candles)).toEqual([1, 2])
  expect(series.alarms).toEqual([])
  // Two normal bars, each 2 off by the model and 5 off by the naive forecast.
  expect(series.tally).toMatchObject({
    judged: 2,
    anomalies: 0,
    feedFaults: 0,
    compared: 2,
    modelError: 4,
    baselineError: 10,
  })
  expect(series.tally).toMatchObject({ heldHigh: 2, heldLow: 2 })
})

test('an empty batch changes nothing', () => {
  expect(extendSeries(emptySeries, [])).toBe(emptySeries)
})

test('the first bar from a time on is the bar itself, the one after a gap, or the end', () => {
  const candles = [candle(0), candle(2), candle(3)]
  expect([-1, 0, 1, 2, 3, 4].map(hour => firstFrom(candles, at(hour)))).toEqual([0, 0, 1, 1, 2, 3])
  expect(firstFrom([], at(0))).toBe(0)
})

test('a series as it was at a bar neither contains nor counts later rows', () => {
  const rows = [candle(0, {}), candle(1, anomaly), candle(3, {}), candle(4, anomaly)]
  const series = extendSeries(emptySeries, rows)
  expect(seriesUntil(series, at(1))).toEqual(extendSeries(emptySeries, rows.slice(0, 2)))
  expect(seriesUntil(series, at(2))).toEqual(extendSeries(emptySeries, rows.slice(0, 2)))
  expect(seriesUntil(series, at(-1))).toEqual(emptySeries)
  expect(seriesUntil(series, at(4))).toBe(series)
})
