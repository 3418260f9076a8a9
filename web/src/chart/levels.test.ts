import { expect, test } from 'vitest'
import { levelsOf } from './levels.ts'

const bar = { open: 100, high: 105, low: 98, close: 99, volume: 1 }

test('a normal bar stayed 4.8 % below its upper level, and 2.1 % above its lower one: the nearer counts', () => {
  const { missedBy } = levelsOf({ alarmAbove: 110, alarmBelow: 96, status: 'normal', bar })
  expect(missedBy).toBeCloseTo(98 / 96 - 1, 12)
})

test('an alarm, a forecast and a verdict of an earlier version missed nothing', () => {
  expect(levelsOf({ alarmAbove: 104, alarmBelow: 96, status: 'anomaly', bar }).missedBy).toBeNull()
  expect(levelsOf({ alarmAbove: 104, alarmBelow: 96 })).toEqual({ above: 104, below: 96, missedBy: null })
  expect(levelsOf({ status: 'normal', bar })).toEqual({ above: null, below: null, missedBy: null })
})
