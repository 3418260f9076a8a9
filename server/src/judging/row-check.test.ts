import type { Row } from '@candlewatch/api/bars'
import { readInterval } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import type { Market, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { hourMs, nowMs, startMs } from '../serving.suite.ts'
import { checkRow, checkRows, timeFault } from './row-check.ts'

const market = 'bitstamp:BTC-USD' as Market

function rowOf(hour: number, changes: Partial<Row> = {}): Row {
  const date = (startMs + hour * hourMs) as Ms
  return { market, interval: hourMs, date, open: 100, high: 110, low: 90, close: 105, volume: 7, ...changes }
}

test('rows that pass become bars of their stream, stamped at the close', () => {
  const { stream, bars } = checkRows([rowOf(0), rowOf(1)], nowMs)
  expect(stream).toEqual({ market, intervalMs: hourMs })
  expect(bars.map(bar => bar.ts)).toEqual([startMs + hourMs, startMs + 2 * hourMs])
  expect(bars[0]).toEqual({
    market,
    ts: startMs + hourMs,
    seen: nowMs,
    open: 100,
    high: 110,
    low: 90,
    close: 105,
    volume: 7,
  })
})

test.each([
  [{ market: 'kraken:BTC-USD' as Market }, 'ERR_ROWS_MIXED', 'market'],
  [{ interval: (24 * hourMs) as Ms }, 'ERR_ROWS_MIXED', 'interval'],
  [{ date: (startMs + 1) as Ms }, 'ERR_BAR_MISALIGNED', 'date'],
  [{ date: nowMs }, 'ERR_BAR_FUTURE', 'date'],
  [{ high: 80 }, 'ERR_BAR_IMPOSSIBLE', 'high'],
  [{ volume: -1 }, 'ERR_BAR_IMPOSSIBLE', 'volume'],
] as const)('a second row with %j is refused as %s, with its position and field', (changes, code, field) => {
  expect(() => checkRows([rowOf(0), rowOf(1, changes)], nowMs)).toThrow(
    expect.objectContaining({ code, field, details: expect.objectContaining({ row: 1 }) }),
  )
})

test('the error of a single row names the field and no position', () => {
  const { details, field } = faultOf(() => checkRow(rowOf(0, { open: 0 }), nowMs))
  expect({ details, field }).toEqual({
    field: 'open',
    details: { expected: 'open to be a positive number', found: '0' },
  })
})

test('a bar is accepted at the moment of its close, and not before', () => {
  const closes = startMs + hourMs
  expect(timeFault(startMs as Ms, hourMs, closes as Ms)).toBeNull()
  expect(timeFault(startMs as Ms, hourMs, (closes - 1) as Ms)).toMatchObject({ code: 'ERR_BAR_FUTURE' })
})

test('a month opens on its first day and a week on any, at midnight UTC', () => {
  const fault = (date: string, interval: string) =>
    timeFault(msOf(date), readInterval(interval), Date.UTC(2022, 0) as Ms)?.advice ?? null
  expect(fault('2021-02-01', '1M')).toBeNull()
  expect(fault('2021-02-02', '1M')).toBe('The one before it is 2021-02-01T00:00:00Z.')
  expect(['2021-02-01', '2021-02-02'].map(date => fault(date, '1w'))).toEqual([null, null])
  expect(fault('2021-02-01T01:00:00Z', '1w')).toBe('The one before it is 2021-02-01T00:00:00Z.')
})

test('a date before 1970 is refused', () => {
  expect(timeFault(-hourMs as Ms, hourMs, nowMs)).toMatchObject({ expected: 'a date from 1970 on' })
})

function faultOf(check: () => unknown): { readonly details: unknown; readonly field: unknown } {
  try {
    check()
  } catch (error) {
    return error as { details: unknown; field: unknown }
  }
  throw new Error('Expected the check to throw.')
}
