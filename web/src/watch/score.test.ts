import { expect, test } from 'vitest'
import { anomaly, at, feedFault, hourMs, verdict } from '../state/example.suite.ts'
import { type Candle, emptySeries, extendSeries } from '../state/series.ts'
import { score } from './score.ts'

/** `hours` bars; those in `strange` are anomalies. */
function series(hours: number, strange: readonly number[]) {
  const candles: Candle[] = Array.from({ length: hours }, (_, hour) => {
    const made = verdict(hour, strange.includes(hour) ? anomaly : {})
    return { at: at(hour), ...made.bar, verdict: made }
  })
  return extendSeries(emptySeries, candles)
}

test('four anomalies in three weeks are counted as one, none and three in the last seven days', () => {
  const now = score(series(3 * 168, [0, 340, 400, 503]), hourMs)
  expect(now).toMatchObject({ lastWeek: 3, weeks: [1, 0, 3] })
  expect(now.averageAWeek).toBeCloseTo(4 / 3)
})

test('an anomaly exactly seven days old is not in the last seven days', () => {
  expect(score(series(400, [399 - 168]), hourMs).lastWeek).toBe(0)
  expect(score(series(400, [399 - 167]), hourMs).lastWeek).toBe(1)
})

test('anomalies within six hours of one another count once, in the week in which the first of them came', () => {
  const now = score(series(2 * 168, [100, 103, 109, 116, 167, 170]), hourMs)
  expect(now.weeks).toEqual([3, 0])
  expect(now.averageAWeek).toBeCloseTo(3 / 2)
})

test('there is no average for less than a week', () => {
  expect(score(series(100, [50]), hourMs)).toMatchObject({ lastWeek: 1, averageAWeek: null, weeks: [1] })
})

test('errors of 2 for the model and 5 for the naive forecast give a ratio of 0.4', () => {
  expect(score(series(10, []), hourMs).error).toEqual({ model: 2, baseline: 5, ratio: 0.4 })
})

test('a feed fault is no anomaly and says nothing about the forecast', () => {
  const made = verdict(0, feedFault)
  const faulty = extendSeries(emptySeries, [{ at: at(0), ...made.bar, verdict: made }])
  expect(score(faulty, hourMs)).toMatchObject({ lastWeek: 0, error: null })
})

test('without bars there are no figures and no errors', () => {
  expect(score(emptySeries, hourMs)).toEqual({ lastWeek: 0, averageAWeek: null, weeks: [0], error: null })
})
