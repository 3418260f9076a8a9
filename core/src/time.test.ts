import { expect, test } from 'vitest'
import { formatInterval, isoDate, monthMs, parseInterval } from './interval.ts'
import { closeOf, dayMs, lastOpening, openOf, weekMs } from './time.ts'

const at = (date: string) => Date.parse(date)

test('months follow the calendar: each bar lasts from one first of a month to the next', () => {
  const closes = ['2020-02-01', '2020-12-01', '2021-02-01'].map(open => isoDate(closeOf(at(open), monthMs)))
  expect(closes).toEqual(['2020-03-01T00:00:00Z', '2021-01-01T00:00:00Z', '2021-03-01T00:00:00Z'])
  expect(isoDate(openOf({ ts: at('2021-01-01') }, monthMs))).toBe('2020-12-01T00:00:00Z')
})

test('bars of a week open at any midnight, those of a month on the first, others at multiples of their length', () => {
  const opening = (date: string, intervalMs: number) => isoDate(lastOpening(at(date), intervalMs))
  expect(opening('2021-01-05T07:00:00Z', weekMs)).toBe('2021-01-05T00:00:00Z')
  expect(opening('2021-01-05', monthMs)).toBe('2021-01-01T00:00:00Z')
  expect(opening('2021-01-05T07:00:00Z', dayMs)).toBe('2021-01-05T00:00:00Z')
  expect(opening('2021-01-05T07:04:00Z', 5 * 60_000)).toBe('2021-01-05T07:00:00Z')
})

test('a month is written 1M, and a minute 1m; a week is read and written 7d', () => {
  expect(['1M', '1m', '1w'].map(parseInterval)).toEqual([monthMs, 60_000, weekMs])
  expect([monthMs, 60_000, weekMs].map(ms => formatInterval(ms as typeof monthMs))).toEqual(['1M', '1m', '7d'])
  expect(parseInterval('2M')).toBeNull()
})
