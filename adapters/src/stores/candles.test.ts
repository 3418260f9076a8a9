import { readInterval } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import { expect, test } from 'vitest'
import { bucketOf, storedWidthFor, widthFor } from './candles.ts'

const ms = readInterval
const at = msOf

test.each([
  ['1m', '2021-01-01', '2021-12-31', 2_000, '6h'],
  ['1m', '2007-01-01', '2026-01-01', 2_000, '7d'],
  ['1m', '2007-01-01', '2026-01-01', 500, '14d'],
  ['1m', '2007-01-01', '2026-01-01', 1, '28672d'],
  ['1h', '2021-01-01', '2021-01-02', 25, '1h'],
  ['1h', '2021-01-01', '2021-01-02', 24, '2h'],
  // Five hours is wider than usual widths of less, and is where it begins.
  ['5h', '2021-01-01', '2021-02-01', 70, '12h'],
  ['7d', '2021-01-01', '2021-12-31', 20, '28d'],
  ['30d', '2021-01-01', '2021-12-31', 7, '60d'],
])('bars of %s from %s to %s in %i candles have candles of %s', (interval, from, to, points, width) => {
  expect(widthFor(ms(interval), at(from), at(to), points)).toBe(ms(width))
})

test('a candle is made of stored ones that fit into it, where those are more than one bar', () => {
  expect(storedWidthFor(ms('30m'), ms('1m'))).toBeNull()
  expect(storedWidthFor(ms('1h'), ms('1m'))).toBe(ms('1h'))
  expect(storedWidthFor(ms('12h'), ms('1m'))).toBe(ms('1h'))
  expect(storedWidthFor(ms('2d'), ms('1m'))).toBe(ms('1d'))
  expect(storedWidthFor(ms('12h'), ms('1h'))).toBeNull()
  expect(storedWidthFor(ms('7d'), ms('1h'))).toBe(ms('1d'))
  expect(storedWidthFor(ms('7d'), ms('1d'))).toBeNull()
})

test('candles open at whole multiples of their width, before 1970 too', () => {
  expect(bucketOf(at('2021-05-19T13:59:59Z'), ms('6h'))).toBe(at('2021-05-19T12:00:00Z'))
  expect(bucketOf(-1, ms('1h'))).toBe(-3_600_000)
})

test('a range across 1970 in one candle, which is impossible, still ends', () => {
  expect(widthFor(ms('1d'), at('1969-01-01'), at('1971-01-01'), 1)).toBeGreaterThan(ms('7d'))
  expect(widthFor(ms('1d'), at('1969-01-01'), at('1971-01-01'), 2)).toBe(ms('448d'))
})
