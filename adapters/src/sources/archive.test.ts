import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ArchiveProgress, type ArchiveRequest, cachedYear, downloadYear } from './archive.ts'

const folder = '/data/spot/monthly/klines/BTCUSDT/1h'
let directory: string
let server: Server
let baseUrl: string
let files: Map<string, Uint8Array | string>
let asked: string[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'candlewatch-archive-'))
  files = new Map()
  asked = []
  for (let month = 1; month <= 12; month++) publish(month, klines(month))
  server = createServer((request, response) => {
    asked.push(request.url!)
    const body = files.get(request.url!)
    response.writeHead(body === undefined ? 404 : 200).end(body ?? 'NoSuchKey')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await rm(directory, { recursive: true })
})

const nameOf = (month: number) => `BTCUSDT-1h-2021-${String(month).padStart(2, '0')}`
const pathOf = (month: number) => `${folder}/${nameOf(month)}.zip`

/** The first two hours of a month. */
function klines(month: number): string {
  const first = Date.UTC(2021, month - 1, 1)
  return [first, first + 3_600_000].map(open => `${open},100,110,90,105,2,${open + 3_599_999},210,7,1,105,0\n`).join('')
}

function publish(month: number, csv: string): void {
  const zip = zipSync({ [`${nameOf(month)}.csv`]: strToU8(csv) })
  files.set(pathOf(month), zip)
  files.set(`${pathOf(month)}.CHECKSUM`, `${createHash('sha256').update(zip).digest('hex')}  ${nameOf(month)}.zip\n`)
}

const download = (more: Partial<ArchiveRequest> = {}) => downloadYear({ year: 2021, directory, baseUrl, ...more })

it('twelve months are fetched, verified, extracted, and read back as one year', async () => {
  const progress: ArchiveProgress[] = []
  const paths = await download({ onProgress: step => progress.push(step) })
  expect(paths).toHaveLength(12)
  expect(await readFile(paths[4]!, 'utf8')).toBe(klines(5))
  expect(progress.at(-1)).toEqual({ file: paths[11], cached: false, done: 12, total: 12 })
  const year = await cachedYear(directory, 2021)
  expect(year).toMatchObject({ name: 'Binance archive BTCUSDT 1h 2021', market: 'binance:BTC-USDT' })
  expect(year!.intervalMs).toBe(3_600_000)
  expect(year!.bars).toHaveLength(24)
  expect(year!.bars[0]!.ts).toBe(Date.UTC(2021, 0, 1, 1))
  expect(year!.bars.every((bar, at) => at === 0 || bar.ts > year!.bars[at - 1]!.ts)).toBe(true)
})

it('complete cached months are not fetched again; a month that was changed on disk is', async () => {
  const paths = await download()
  asked = []
  await download()
  expect(asked).toEqual([])
  await writeFile(paths[2]!, 'damaged')
  expect(await cachedYear(directory, 2021)).toBeNull()
  await download()
  expect(asked).toEqual([`${pathOf(3)}.CHECKSUM`, pathOf(3)])
  expect(await cachedYear(directory, 2021)).not.toBeNull()
})

it('a wrong checksum is reported, nothing of that month is kept, and the year is not regarded as complete', async () => {
  files.set(pathOf(2), zipSync({ [`${nameOf(2)}.csv`]: strToU8('forged') }))
  await expect(download()).rejects.toMatchObject({ code: 'ERR_ARCHIVE_CHECKSUM' })
  await expect(download()).rejects.toThrow(/BTCUSDT-1h-2021-02\.zip: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/)
  expect((await readdir(directory)).sort()).toEqual([`${nameOf(1)}.csv`, `${nameOf(1)}.csv.sha256`])
  expect(await cachedYear(directory, 2021)).toBeNull()
})

it('the error about a missing month names the address and what to do', async () => {
  files.delete(`${pathOf(12)}.CHECKSUM`)
  await expect(download()).rejects.toMatchObject({ code: 'ERR_ARCHIVE_MISSING' })
  await expect(download()).rejects.toThrow(/2021-12\.zip\.CHECKSUM: expected an archive, found none \(404\)/)
})

it.each([
  ['a checksum file that is a web page', `${pathOf(1)}.CHECKSUM`, '<html>sign in</html>'],
  ['an archive without its CSV', pathOf(1), zipSync({ 'other.csv': strToU8('x') })],
  ['an archive that is no zip', pathOf(1), 'not a zip'],
])('%s is refused as broken', async (_, path, body) => {
  files.set(path, body)
  if (path === pathOf(1)) files.set(`${path}.CHECKSUM`, `${createHash('sha256').update(body).digest('hex')}  a.zip`)
  await expect(download()).rejects.toMatchObject({ code: 'ERR_ARCHIVE_BROKEN' })
  expect(await readdir(directory)).toEqual([])
})

it('the error about a host that does not answer names the host and the alternative without a network', async () => {
  const { port } = new URL(baseUrl)
  await new Promise(resolve => server.close(resolve))
  const failure = download()
  await expect(failure).rejects.toMatchObject({ code: 'ERR_ARCHIVE_UNREACHABLE' })
  await expect(failure).rejects.toThrow(
    `127.0.0.1:${port}: expected an answer from the host of the archives, found ECONNREFUSED.`,
  )
  await expect(failure).rejects.toThrow('--csv FILE')
})

it('a stopped download rejects with the reason, keeps complete months only, and continues from there', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const onProgress = ({ done }: ArchiveProgress) => (done === 3 ? stop.abort(reason) : undefined)
  await expect(download({ onProgress, signal: stop.signal })).rejects.toBe(reason)
  expect((await readdir(directory)).filter(name => name.endsWith('.csv'))).toHaveLength(3)
  asked = []
  await download()
  expect(asked).toHaveLength(18)
})

it('an answer that breaks off leaves no file behind', async () => {
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    if (request.url!.endsWith('CHECKSUM')) return response.end(files.get(request.url!))
    response.writeHead(200, { 'content-length': '100000' })
    return response.write('PK', () => response.destroy())
  })
  await expect(download()).rejects.toMatchObject({ code: 'ERR_ARCHIVE_UNREACHABLE' })
  expect(await readdir(directory)).toEqual([])
})
