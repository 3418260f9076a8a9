import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isoDate, monthMs } from '@candlewatch/core/interval'
import { dayMs } from '@candlewatch/core/time'
import type { Ms, Series } from '@candlewatch/core/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CsvOptions } from './rows.ts'
import { loadCsv } from './series.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'candlewatch-csv-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function load(lines: readonly string[], name = 'rows.csv', options: CsvOptions = {}): Promise<Series> {
  const file = join(directory, name)
  await writeFile(file, `${lines.join('\n')}\n`)
  return loadCsv(file, options)
}

const dates = (series: Series) => series.bars.map(bar => new Date(bar.ts - series.intervalMs).toISOString())

const cddHeader = 'unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD'
const header = 'date,open,high,low,close,Volume BTC'
const hour = (at: number, rest = '100,110,90,105,2') => `2021-03-01 0${at}:00:00+00:00,${rest}`

describe('the layouts', () => {
  it('reads CryptoDataDownload, newest first with an address above the header: rows oldest first, market by symbol', async () => {
    const series = await load([
      'https://www.CryptoDataDownload.com',
      cddHeader,
      '1614560400,2021-03-01 01:00:00,ETH/USD,105,120,101,110,1,110',
      '1614556800,2021-03-01 00:00:00,ETH/USD,100,110,90,105,2,210',
    ])
    expect(series.market).toBe('bitstamp:ETH-USD')
    expect(series.intervalMs).toBe(3_600_000)
    expect(series.bars[0]).toEqual({
      market: 'bitstamp:ETH-USD',
      ts: Date.UTC(2021, 2, 1, 1),
      seen: Date.UTC(2021, 2, 1, 1),
      open: 100,
      high: 110,
      low: 90,
      close: 105,
      volume: 2,
    })
    expect(dates(series)).toEqual(['2021-03-01T00:00:00.000Z', '2021-03-01T01:00:00.000Z'])
  })

  it.each(['Volume BTC', 'VolumeBTC', 'volume'])('reads columns date and %s as Bitcoin on Bitstamp', async volume => {
    const series = await load([`date,open,high,low,close,${volume}`, hour(0), hour(1)])
    expect(series.market).toBe('bitstamp:BTC-USD')
    expect(series.bars.map(bar => bar.volume)).toEqual([2, 2])
  })

  it.each([
    ['2021-03-01T00:00:00Z', '2021-03-01T01:00:00Z'],
    ['2021-03-01 00:00', '2021-03-01 01:00'],
    ['2021-03-01T01:00:00+01:00', '2021-02-28T23:30:00-0130'],
    ['1614556800', '1614560400'],
    ['1614556800000', '1614560400000'],
    ['1614556800000000', '1614560400000000'],
    ['1614556800.0', '1614560400000'],
  ])('a date may be %s', async (first, second) => {
    const series = await load([header, `${first},1,1,1,1,0`, `${second},1,1,1,1,0`])
    expect(dates(series)).toEqual(['2021-03-01T00:00:00.000Z', '2021-03-01T01:00:00.000Z'])
  })

  const kline = (open: number, unit: number) =>
    `${open * unit},100,110,90,105,2,${(open + 60) * unit - 1},210,7,1,105,0`

  it.each([
    ['milliseconds', 1_000],
    ['microseconds', 1_000_000],
  ])('reads Binance klines in %s without a header, with the market from the file name', async (_, unit) => {
    const series = await load([kline(1614556800, unit), kline(1614556860, unit)], 'ETHUSDC-1m-2021-03.csv')
    expect(series.market).toBe('binance:ETH-USDC')
    expect(series.intervalMs).toBe(60_000)
    expect(dates(series)[1]).toBe('2021-03-01T00:01:00.000Z')
  })

  it('reads Binance klines with a header as Bitcoin under any file name, unless the caller names the market', async () => {
    const lines = [
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore',
      kline(1614556800, 1_000),
      kline(1614556860, 1_000),
    ]
    expect((await load(lines)).market).toBe('binance:BTC-USDT')
    expect((await load(lines, 'rows.csv', { market: 'binance:X-Y' })).market).toBe('binance:X-Y')
    expect((await load(lines.slice(0, 2), 'rows.csv', { intervalMs: 60_000 as Ms })).bars).toHaveLength(1)
  })
})

describe('volume', () => {
  it('swapped columns are corrected row by row, and a row without trades is accepted', async () => {
    const series = await load([
      cddHeader,
      '1614556800,,BTC/USD,40000,40000,40000,40000,80000.5,2',
      '1614560400,,BTC/USD,40000,40000,40000,40000,3,120001',
      '1614564000,,BTC/USD,40000,40000,40000,40000,0,0',
    ])
    expect(series.bars.map(bar => bar.volume)).toEqual([2, 3, 0])
  })

  it('the base volume is the larger one for a coin below one dollar', async () => {
    const series = await load([
      'unix,Symbol,Open,High,Low,Close,Volume DOGE,Volume USD',
      '1614556800,DOGE/USD,0.05,0.05,0.05,0.05,1000,50',
      '1614560400,DOGE/USD,0.05,0.05,0.05,0.05,51,1000',
    ])
    expect(series.bars.map(bar => bar.volume)).toEqual([1_000, 1_000])
  })
})

describe('order', () => {
  it('any order is sorted, equal rows count once, and a gap does not change the interval', async () => {
    const series = await load([header, hour(5), hour(0), hour(2), hour(1), hour(2)])
    expect(dates(series).map(date => date.slice(11, 13))).toEqual(['00', '01', '02', '05'])
  })

  it('rows of the first of each month are bars of a month; other rows four weeks apart are not', async () => {
    const ofDates = (...dates: string[]) => load([header, ...dates.map(date => `${date} 00:00,100,110,90,105,2`)])
    const monthly = await ofDates('2021-01-01', '2021-02-01', '2021-03-01', '2021-04-01')
    expect(monthly.intervalMs).toBe(monthMs)
    expect(monthly.bars.map(bar => isoDate(bar.ts).slice(5, 10))).toEqual(['02-01', '03-01', '04-01', '05-01'])
    expect((await ofDates('2021-02-01', '2021-03-01', '2021-03-29')).intervalMs).toBe(28 * dayMs)
  })

  it('the error about two different rows of one date names both lines', async () => {
    await expect(load([header, hour(0), hour(1), hour(0, '100,110,90,106,2')])).rejects.toMatchObject({
      code: 'ERR_CSV_ROW',
      field: 'close',
      message:
        'rows.csv, line 4, column close: expected 105 as in line 2, which has the same date, found 106. ' +
        'Correct or delete the line, then run again.',
    })
  })
})

describe('refusals', () => {
  it.each([
    ['a word for a price', hour(1, '100,abc,90,105,2'), 'high', 'a positive number, found "abc"'],
    ['an empty price', hour(1, ',110,90,105,2'), 'open', 'a positive number, found ""'],
    ['NaN', hour(1, '100,110,90,NaN,2'), 'close', 'a positive number, found "NaN"'],
    ['a hexadecimal price', hour(1, '0x64,110,90,105,2'), 'open', 'a positive number, found "0x64"'],
    ['an infinite price', hour(1, '100,1e999,90,105,2'), 'high', 'a positive number, found "1e999"'],
    ['a negative price', hour(1, '100,110,-90,105,2'), 'low', 'a positive number, found "-90"'],
    ['high below low', hour(1, '100,80,90,105,2'), 'high', 'at least the low, 90, found "80"'],
    ['open above high', hour(1, '111,110,90,105,2'), 'open', 'a price from the low, 90, to the high, 110, found "111"'],
    ['negative volume', hour(1, '100,110,90,105,-2'), 'Volume BTC', 'a number that is not negative, found "-2"'],
    ['30 February', '2021-02-30,100,110,90,105,2', 'date', 'Unix time or an ISO 8601 date, found "2021-02-30"'],
    ['another date style', '01.03.2021,100,110,90,105,2', 'date', 'an ISO 8601 date, found "01.03.2021"'],
    ['half past', '2021-03-01 02:30,1,1,1,1,1', 'date', 'the opening of an interval of 1h, found 2021-03-01T02:30:00Z'],
    ['a cut line', '2021-03-01 01:00,100,110', undefined, '6 columns, found 3'],
  ])('the error about %s names file, line, column, and the expected and found values', async (_, line, field, text) => {
    const failure = load([header, hour(0), hour(3), '', line, hour(4), hour(5)])
    await expect(failure).rejects.toMatchObject({ code: 'ERR_CSV_ROW', field })
    const where = field === undefined ? 'line 5' : `line 5, column ${field}`
    await expect(failure).rejects.toThrow(`rows.csv, ${where}: expected`)
    await expect(failure).rejects.toThrow(`${text}. Correct or delete the line, then run again.`)
  })

  it('a second symbol in one file is refused', async () => {
    const rows = ['1614556800,,BTC/USD,1,1,1,1,0,0', '1614560400,,ETH/USD,1,1,1,1,0,0']
    await expect(load([cddHeader, ...rows])).rejects.toMatchObject({ code: 'ERR_CSV_ROW', field: 'Symbol' })
  })

  it('an unclosed quote fails at once and says so', async () => {
    const lines = [header, hour(0), '"2021', ...Array.from({ length: 1_000 }, () => hour(1))]
    await expect(load(lines)).rejects.toMatchObject({ code: 'ERR_CSV_ROW' })
  })

  it('the error about a missing file or a folder names the path', async () => {
    const missing = join(directory, 'none.csv')
    await expect(loadCsv(missing)).rejects.toMatchObject({ code: 'ERR_CSV_MISSING' })
    await expect(loadCsv(missing)).rejects.toThrow(missing)
    await expect(loadCsv(directory)).rejects.toMatchObject({ code: 'ERR_CSV_MISSING' })
  })

  it.each([[[]], [[header]], [[header, hour(0)]]])('refuses too few rows: %j', async lines => {
    await expect(load(lines)).rejects.toMatchObject({ code: 'ERR_CSV_EMPTY' })
  })

  it('the error about an unknown layout shows the header and the known layouts', async () => {
    const failure = load(['when,price', '2021-03-01,100'])
    await expect(failure).rejects.toMatchObject({ code: 'ERR_CSV_LAYOUT' })
    await expect(failure).rejects.toThrow(/expected one of: unix,date.*found "when,price"/)
  })
})

const real = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))

it.runIf(existsSync(real))('two exports of one market agree, if files of real rows are present', async () => {
  const [long, year] = await Promise.all([loadCsv(`${real}BTC-Hourly.csv`), loadCsv(`${real}BTC_Hourly_2021.csv`)])
  expect([long.bars.length, year.bars.length]).toEqual([33_259, 10_177])
  // Both end with the same hour, and what one file says of an hour the other says too, swapped volumes included.
  expect(long.bars.slice(-year.bars.length)).toEqual(year.bars)
  expect(Math.max(...long.bars.map(bar => bar.volume))).toBeLessThan(10_000)
})
