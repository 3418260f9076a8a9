import { expect, it } from 'vitest'
import { hourMs, minuteMs } from '../time.ts'
import { mergeWindow, mergeWindowOf } from './merge-window.ts'

it('six hours up to 2.8 alarms a week, then a tenth of their mean distance: 50.4 minutes at 20', () => {
  expect([0, 0.2, 1, 2.8].map(mergeWindow)).toEqual([6, 6, 6, 6].map(hours => hours * hourMs))
  expect(mergeWindow(20)).toBe(50.4 * minuteMs)
})

it('verdicts of earlier versions do not name it: six hours', () => {
  expect(mergeWindowOf({})).toBe(6 * hourMs)
  expect(mergeWindowOf({ mergeMs: hourMs })).toBe(hourMs)
})
