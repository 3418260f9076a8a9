import { hourMs } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { byYear, entersYear } from './years.ts'

const barAt = (open: string): Bar => {
  const ts = (Date.parse(open) + hourMs) as Ms
  return { market: 'a:B', ts, seen: ts, open: 1, high: 1, low: 1, close: 1, volume: 1 }
}

test('bars are split by the year in which they open: the last bar of a year closes in the next', () => {
  const bars = ['2019-12-31T22:00Z', '2019-12-31T23:00Z', '2020-01-01T00:00Z', '2022-05-01T00:00Z'].map(barAt)
  expect([...byYear(bars, hourMs)].map(part => part.length)).toEqual([2, 1, 1])
  expect([...byYear([], hourMs)]).toEqual([])
})

test('a bar enters a year if it is the first of an engine in it', () => {
  const [last, first] = [barAt('2019-12-31T23:00Z'), barAt('2020-01-01T00:00Z')]
  expect(entersYear(last.ts, first, hourMs)).toBe(true)
  expect(entersYear(first.ts, barAt('2020-01-01T01:00Z'), hourMs)).toBe(false)
  expect(entersYear(0 as Ms, first, hourMs)).toBe(false)
})
