import { expect, test } from 'vitest'
import { anomaly, at, hourMs, palette, verdict } from '../state/example.ts'
import type { Candle } from '../state/tape.ts'
import { alarmLevel, pValues } from './strip.ts'

const judged = (hour: number, change: object): Candle => {
  const said = verdict(hour, change)
  return { at: at(hour), ...said.bar, verdict: said }
}

test('a column a bar, ten times as rare being one higher; alarms wear their severity', () => {
  const trace = pValues([judged(0, { pValue: 0.1 }), judged(1, { ...anomaly, pValue: 0.001 })], 1, palette)
  expect(trace).toMatchObject({ x: [at(0), at(1)], marker: { color: ['volume', 'critical'] } })
  expect((trace.y as number[]).map(y => Math.round(y))).toEqual([1, 3])
})

test('two bars to a column: the rarer one', () => {
  const candles = [0.5, 0.01, 0.2, 0.3].map((pValue, hour) => judged(hour, { pValue }))
  expect(pValues(candles, 2, palette).x).toEqual([at(1), at(2)])
})

test('the level is the largest p-value that alarmed, of late', () => {
  const alarms = [judged(0, { ...anomaly, pValue: 0.02 }), judged(3_500, { ...anomaly, pValue: 0.004 })]
  expect(alarmLevel(alarms, at(3_600), hourMs)).toBe(0.004)
  expect(alarmLevel(alarms, at(10), hourMs)).toBe(0.02)
  expect(alarmLevel([], at(10), hourMs)).toBeNull()
})
