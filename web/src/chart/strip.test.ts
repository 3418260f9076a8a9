import { expect, test } from 'vitest'
import { anomaly, at, candle, hourMs } from '../state/example.suite.ts'
import { palette } from './palette.suite.ts'
import { alarmLevel, pValues } from './strip.ts'

test('each bar has a column, one unit higher for ten times as rare, and alarms have the colour of their severity', () => {
  const columns = pValues([candle(0, { pValue: 0.1 }), candle(1, { ...anomaly, pValue: 0.001 })], 1, palette)
  expect(columns.map(({ at, value, fill }) => [at, Math.round(value), fill])).toEqual([
    [at(0), 1, 'volume'],
    [at(1), 3, 'critical'],
  ])
})

test('a column of two bars shows the rarer one', () => {
  const candles = [0.5, 0.01, 0.2, 0.3].map((pValue, hour) => candle(hour, { pValue }))
  expect(pValues(candles, 2, palette).map(column => column.at)).toEqual([at(1), at(2)])
})

test('the level is the largest p-value of recent alarms', () => {
  const alarms = [candle(0, { ...anomaly, pValue: 0.02 }), candle(3_500, { ...anomaly, pValue: 0.004 })]
  expect(alarmLevel(alarms, at(3_600), hourMs)).toBe(0.004)
  expect(alarmLevel(alarms, at(10), hourMs)).toBe(0.02)
  expect(alarmLevel([], at(10), hourMs)).toBeNull()
})
