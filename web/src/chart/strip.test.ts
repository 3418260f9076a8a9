import { expect, test } from 'vitest'
import { anomaly, at, candle, hourMs } from '../state/example.suite.ts'
import { palette } from './palette.suite.ts'
import { alarmLevel, pValues } from './strip.ts'

test('a column a bar, ten times as rare being one higher; alarms wear their severity', () => {
  const columns = pValues([candle(0, { pValue: 0.1 }), candle(1, { ...anomaly, pValue: 0.001 })], 1, palette)
  expect(columns.map(({ at, value, fill }) => [at, Math.round(value), fill])).toEqual([
    [at(0), 1, 'volume'],
    [at(1), 3, 'critical'],
  ])
})

test('two bars to a column: the rarer one', () => {
  const candles = [0.5, 0.01, 0.2, 0.3].map((pValue, hour) => candle(hour, { pValue }))
  expect(pValues(candles, 2, palette).map(column => column.at)).toEqual([at(1), at(2)])
})

test('the level is the largest p-value that alarmed, of late', () => {
  const alarms = [candle(0, { ...anomaly, pValue: 0.02 }), candle(3_500, { ...anomaly, pValue: 0.004 })]
  expect(alarmLevel(alarms, at(3_600), hourMs)).toBe(0.004)
  expect(alarmLevel(alarms, at(10), hourMs)).toBe(0.02)
  expect(alarmLevel([], at(10), hourMs)).toBeNull()
})
