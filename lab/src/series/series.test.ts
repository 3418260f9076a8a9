import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Market, Ms, Series } from '@candlewatch/core/types'
import { expect, it } from 'vitest'
import { readEnv } from '../env.ts'
import { readStream } from './database.ts'
import { madeUp, temporaryFolder } from './series.suite.ts'
import { cutSeries, readSeries } from './series.ts'

const dayMs = 86_400_000 as Ms

/** Twelve daily months as the download caches them. */
async function cacheYear(directory: string, symbol: string, year: number): Promise<void> {
  for (let month = 0; month < 12; month++) {
    const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    const rows = Array.from({ length: days }, (_, day) => {
      const open = Date.UTC(year, month, day + 1)
      return [open, 10, 12, 9, 11, 5, open + dayMs - 1, 55, 3, 2, 20, 0].join(',')
    })
    const name = `${symbol}-1d-${year}-${String(month + 1).padStart(2, '0')}.csv`
    const csv = `${rows.join('\n')}\n`
    await writeFile(join(directory, name), csv)
    const sha256 = createHash('sha256').update(csv).digest('hex')
    await writeFile(join(directory, `${name}.sha256`), `${sha256}  ${name}\n`)
  }
}

it('archives give the cached years in order, whatever the order of their names', async () => {
  const directory = await temporaryFolder()
  await cacheYear(directory, 'ETHUSDT', 2019)
  await cacheYear(directory, 'ETHUSDT', 2020)
  const series = await readSeries({ archive: 'ETHUSDT', years: [2019, 2020], interval: '1d', directory })
  expect(series).toMatchObject({ market: 'binance:ETH-USDT', intervalMs: dayMs })
  expect(series.bars).toHaveLength(365 + 366)
  expect(series.bars[0]?.ts).toBe(Date.UTC(2019, 0, 2))
})

it('archives fetch a year that is not cached from the host', async () => {
  const directory = await temporaryFolder()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const read = readSeries({ archive: 'ETHUSDT', years: [2019], interval: '1m', directory, baseUrl })
  await expect(read).rejects.toMatchObject({ code: 'ERR_ARCHIVE_MISSING' })
  expect(asked[0]).toContain('/ETHUSDT/1m/ETHUSDT-1m-2019-01.zip')
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

it('a database gives every bar of the market, oldest first', async () => {
  const made = madeUp(50, dayMs)
  const store = memoryStore()
  await store.appendWarmUp(made, made.bars)
  const series = await readStream(store, made.market, '1d')
  expect(series).toEqual({ ...made, name: 'database synthetic:BTC-USD 1d' })
})

it('the error about an unknown market in the database lists the known ones', async () => {
  const made = madeUp(50)
  const store = memoryStore()
  await store.appendWarmUp(made, made.bars)
  await expect(readStream(store, 'kraken:ETH-EUR' as Market, '1h')).rejects.toMatchObject({
    code: 'ERR_RANGE_EMPTY',
    message: expect.stringContaining('holds synthetic:BTC-USD 1h (50 bars)'),
  })
})

it('a range is by open times and includes from, but not to', () => {
  const series: Series = madeUp(10, dayMs, '2020-01-11')
  const range = { from: Date.UTC(2020, 0, 3), to: Date.UTC(2020, 0, 5) }
  const opens = cutSeries(series, range, () => {}).bars.map(bar => bar.ts - dayMs)
  expect(opens).toEqual([Date.UTC(2020, 0, 3), Date.UTC(2020, 0, 4)])
})

it('an invalid address is refused without being shown, because it can contain a password', () => {
  const read = () => readEnv({ DATABASE_URL: 'mysql://me:secret@host/x' })
  expect(read).toThrow('DATABASE_URL: expected an address')
  expect(read).not.toThrow('secret')
  expect(readEnv({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined()
})
