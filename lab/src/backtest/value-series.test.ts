import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../series/series.suite.ts'
import { readSamples } from './value-series.ts'

async function read(lines: readonly string[], asListed = false) {
  const file = join(await temporaryFolder(), 'values.csv')
  await writeFile(file, lines.join('\n'))
  return readSamples(file, asListed)
}

const midnight = Date.UTC(2014, 3, 1)

describe('two columns', () => {
  it.each([
    ['2014-04-01T00:00:00Z', '2014-04-01T00:05:00Z'],
    ['2014-04-01 00:00:00', '2014-04-01 00:05:00'],
    ['2014-04-01T02:00:00+02:00', '2014-04-01T02:05:00+02:00'],
    ['2014-04-01', '2014-04-01 00:05'],
    ['1396310400', '1396310700'],
    ['1396310400000', '1396310700000'],
    ['"2014-04-01 00:00:00"', '"2014-04-01 00:05:00"'],
  ])('a timestamp may be %s, with a header or without', async (first, second) => {
    const rows = [`${first},-1.5e2`, `${second}, 0`]
    const expected = [
      { ts: midnight, value: -150 },
      { ts: midnight + 300_000, value: 0 },
    ]
    expect(await read(rows)).toEqual(expected)
    expect(await read(['\uFEFFtimestamp,value', ...rows, ''])).toEqual(expected)
  })

  it('gaps and Windows line endings are accepted', async () => {
    expect(await read(['1396310400,1\r', '1400000000,2\r'])).toHaveLength(2)
  })

  it.each([
    [
      'a timestamp twice',
      ['t,v', '1396310400,1', '1396310400,1'],
      /line 3: expected .* of line 2, found .* again.*--as-listed/,
    ],
    ['time that goes back', ['1396310400,1', '1396310100,1'], /line 2: .*2014-03-31T23:55:00Z, which is earlier/],
    ['30 February', ['1,1', '2014-02-30,1'], /line 2, column 1: .*"2014-02-30"/],
    ['a value in words in the first row', ['1396310400,NaN'], /line 1, column 2: .*"NaN"/],
    ['a value too large', ['1396310400,1e999'], /line 1, column 2: .*"1e999"/],
    ['a third column later on', ['1396310400,1', '1396310401,1,2'], /line 2: expected 2 columns, found 3/],
  ])('%s is refused with its line', async (_, lines, message) => {
    await expect(read(lines)).rejects.toMatchObject({ code: 'ERR_CSV_ROW', message: expect.stringMatching(message) })
  })

  it('as listed, they stay in the order of the file', async () => {
    const rows = await read(['1396310400,1', '1396310400,2', '1396310100,3'], true)
    expect(rows.map(row => row.value)).toEqual([1, 2, 3])
  })

  it.each([
    ['no rows', ['timestamp,value'], 'ERR_CSV_EMPTY'],
    ['nothing', [''], 'ERR_CSV_EMPTY'],
    ['candles', ['date,open,high,low,close,volume'], 'ERR_CSV_LAYOUT'],
  ])('%s is refused', async (_, lines, code) => {
    await expect(read(lines)).rejects.toMatchObject({ code })
  })
})
