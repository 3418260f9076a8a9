import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { makeFaultList } from './fault.ts'
import { type CsvOptions, readRows } from './rows.ts'

const header = 'date,open,high,low,close,Volume BTC'
const hour = (at: number, rest = '100,110,90,105,2') => `2021-03-01 0${at}:00,${rest}`

async function read(lines: readonly string[], options: CsvOptions = {}) {
  const faults = makeFaultList(100)
  const rows = await readRows(Readable.from([Buffer.from(lines.join('\n'))]), 'rows.csv', faults.report, options)
  return { rows, faults }
}

test('every fault is reported with its line, also two of one line, and the other lines are still read', async () => {
  const lines = [
    header,
    hour(0),
    '2021-02-30,abc,110,90,105,2',
    hour(1, '100,110,90,105'),
    hour(2, '100,80,90,105,2'),
    hour(3),
    hour(0, '100,110,90,106,2'),
    '2021-03-01 04:30,100,110,90,105,2',
    hour(5),
    hour(6, '100,110,90,105,-2'),
  ]
  const { rows, faults } = await read(lines, { intervalMs: 3_600_000 as CsvOptions['intervalMs'] & number })
  expect(faults.first).toEqual([
    { line: 3, column: 'date', expected: 'Unix time or an ISO 8601 date', found: '"2021-02-30"' },
    { line: 3, column: 'open', expected: 'a positive number', found: '"abc"' },
    { line: 4, column: null, expected: '6 columns', found: '5' },
    { line: 5, column: 'high', expected: 'at least the low, 90', found: '"80"' },
    { line: 7, column: 'close', expected: '105 as in line 2, which has the same date', found: '106' },
    { line: 8, column: 'date', expected: 'the opening of an interval of 1h', found: '2021-03-01T04:30:00Z' },
    { line: 10, column: 'Volume BTC', expected: 'a number that is not negative', found: '"-2"' },
  ])
  expect(faults.count).toBe(7)
  expect(rows.lineAt(0)).toBe(2)
})

test('hours of a stock may open at half past; a row off the quarters of an hour is still refused', async () => {
  const at = (time: string) => `2021-03-01 ${time},100,110,90,105,2`
  const lines = [header, at('14:30'), at('15:30'), at('16:30'), at('17:20'), at('18:30')]
  const { rows, faults } = await read(lines, { intervalMs: 3_600_000 as CsvOptions['intervalMs'] & number })
  expect(faults.first).toMatchObject([{ line: 5, column: 'date', found: '2021-03-01T17:20:00Z' }])
  expect(rows.openAt(0)).toBe(Date.parse('2021-03-01T14:30:00Z'))
})

test('the first hundred faults by line are kept, and all faults are counted', async () => {
  const bad = Array.from({ length: 5_000 }, () => hour(1, 'x,110,90,105,2'))
  const { faults } = await read([header, ...bad])
  expect(faults.count).toBe(5_000)
  expect(faults.first.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 2))
})

test('faults of a file that is newest first are kept by line, too', () => {
  const faults = makeFaultList(2)
  for (const line of [9, 8, 7, 1, 6, 5]) faults.report({ line, column: null, expected: '', found: '' })
  expect(faults.first.map(({ line }) => line)).toEqual([1, 5])
  expect(faults.count).toBe(6)
})

test('an unclosed quote is a fault of its line, and nothing after it is read', async () => {
  const { faults } = await read([header, hour(0), '"2021', ...Array.from({ length: 1_000 }, () => hour(1))])
  expect(faults.count).toBe(1)
  expect(faults.first[0]).toMatchObject({ column: null, expected: 'plain comma-separated text' })
})

test('a market column gives the market, including the venue', async () => {
  const of = (market: string) => [`market,${header}`, `${market},${hour(0)}`, `${market},${hour(1)}`]
  expect((await read(of('kraken:ETH-EUR'))).rows.market).toBe('kraken:ETH-EUR')
  expect((await read(of('ETH/EUR'))).rows.market).toBe('bitstamp:ETH-EUR')
  expect((await read(of('kraken:ETH-EUR'), { market: 'a:b' })).rows.market).toBe('a:b')
})

test('rows that occur twice count once, and are reported', async () => {
  const { rows } = await read([header, hour(1), hour(0), hour(1), hour(1)])
  expect([rows.length, rows.repeated]).toEqual([2, 2])
  expect([0, 1].map(rows.lineAt)).toEqual([3, 2])
  expect([rows.columnOf('time'), rows.columnOf('volume')]).toEqual(['date', 'Volume BTC'])
})

test('reading ends at the maximum of rows and says so', async () => {
  const failure = read([header, hour(0), hour(1), hour(2)], { maxRows: 2 })
  await expect(failure).rejects.toMatchObject({ code: 'ERR_CSV_LONG' })
  await expect(failure).rejects.toThrow('rows.csv: expected at most 2 rows, found more.')
})

test('an image with the name of a table is reported as not being text, without showing its content', async () => {
  const png = Readable.from([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')])
  const failure = readRows(png, 'rows.csv', makeFaultList(1).report)
  await expect(failure).rejects.toMatchObject({ code: 'ERR_CSV_LAYOUT' })
  await expect(failure).rejects.toThrow('found something that is not text')
})

test('an input that is cut off rejects', async () => {
  const input = new Readable({ read() {} })
  input.push(`${header}\n${hour(0)}\n`)
  const failure = readRows(input, 'rows.csv', makeFaultList(1).report)
  input.destroy()
  await expect(failure).rejects.toThrow('cut off before its end')
})
