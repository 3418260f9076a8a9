import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import { parseInterval } from '@candlewatch/core/interval'
import type { Bar, Market, Series } from '@candlewatch/core/types'
import { unzipSync } from 'fflate'
import { codeOf, reasonOf } from '../system-error.ts'
import { pairOf } from './csv/layout.ts'
import { loadCsv } from './csv/series.ts'

/** A year of one pair's candles, and where to keep them. */
export interface ArchiveRequest {
  readonly year: number
  /** The pair in Binance's spelling: `BTCUSDT`. */
  readonly symbol?: string
  /** The interval in Binance's spelling: `1m`, `1h`, `1d`. */
  readonly interval?: string
  /** The folder in which the months are cached; it is created if missing. */
  readonly directory: string
  readonly baseUrl?: string
  onProgress?(progress: ArchiveProgress): void
  readonly signal?: AbortSignal
}

/** Reports that one month is done. */
export interface ArchiveProgress {
  readonly file: string
  readonly cached: boolean
  readonly done: number
  readonly total: number
}

const months = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'] as const

/**
 * Downloads the twelve monthly archives of a year, except those that are cached and intact, and returns the paths of their
 * CSV files. Each is checked against the SHA-256 that the exchange publishes with it and then extracted. An interrupted
 * download leaves complete months only, and the next one continues from there. Rejects with the signal's reason.
 * Throws ERR_ARCHIVE_UNREACHABLE, ERR_ARCHIVE_MISSING, ERR_ARCHIVE_CHECKSUM, ERR_ARCHIVE_BROKEN.
 * Source: https://github.com/binance/binance-public-data
 */
export async function downloadYear(request: ArchiveRequest): Promise<string[]> {
  const { year, symbol = 'BTCUSDT', interval = '1h', directory, signal } = request
  const base = `${request.baseUrl ?? 'https://data.binance.vision'}/data/spot/monthly/klines/${symbol}/${interval}`
  await mkdir(directory, { recursive: true })
  const files: string[] = []
  for (const name of monthNames(year, symbol, interval)) {
    const file = join(directory, `${name}.csv`)
    const cached = await isWhole(file)
    if (!cached) await store(file, await fetchMonth(`${base}/${name}.zip`, name, signal))
    files.push(file)
    request.onProgress?.({ file, cached, done: files.length, total: months.length })
  }
  return files
}

/** Returns the year's bars from the cache, oldest first; null unless all twelve months are there and intact. */
export async function cachedYear(
  directory: string,
  year: number,
  symbol = 'BTCUSDT',
  interval = '1h',
): Promise<Series | null> {
  const market: Market = `binance:${pairOf(symbol)}`
  const intervalMs = parseInterval(interval)
  const files = monthNames(year, symbol, interval).map(name => join(directory, `${name}.csv`))
  if (intervalMs === null) return null
  for (const file of files) if (!(await isWhole(file))) return null
  const bars: Bar[] = []
  for (const file of files) {
    const month = await loadCsv(file, { market, intervalMs })
    for (const bar of month.bars) bars.push(bar)
  }
  return { name: `Binance archive ${symbol} ${interval} ${year}`, market, intervalMs, bars }
}

function monthNames(year: number, symbol: string, interval: string): string[] {
  return months.map(month => `${symbol}-${interval}-${year}-${month}`)
}

/** Returns true if the file has the hash that is stored with it; false if either is missing or they differ. */
async function isWhole(file: string): Promise<boolean> {
  try {
    return sha256(await readFile(file)) === hashIn(await readFile(`${file}.sha256`, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Writes the file, then its hash: without a hash, the file counts as missing. `sha256sum -c *.sha256` makes the same check. */
async function store(file: string, csv: Uint8Array): Promise<void> {
  await replace(file, csv)
  await replace(`${file}.sha256`, `${sha256(csv)}  ${basename(file)}\n`)
}

async function replace(file: string, content: Uint8Array | string): Promise<void> {
  const part = `${file}.${process.pid}.part`
  try {
    await writeFile(part, content)
    await rename(part, file)
  } finally {
    await rm(part, { force: true })
  }
}

/** Downloads the CSV file of a month. The archive stays in memory until its checksum is verified, so that no bad file is written. */
async function fetchMonth(url: string, name: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const published = hashIn(Buffer.from(await fetchBytes(`${url}.CHECKSUM`, signal)).toString('utf8'))
  if (published === null) throw broken(`${name}.zip.CHECKSUM`, 'a line in the format of sha256sum')
  const zip = await fetchBytes(url, signal)
  const found = sha256(zip)
  if (found !== published) {
    const advice =
      'It was deleted. Run again; if the error comes back, do not trust the host or the network in between.'
    const message = `${name}.zip: expected SHA-256 ${published}, found ${found}. ${advice}`
    throw new CandlewatchError('ERR_ARCHIVE_CHECKSUM', message)
  }
  return extracted(zip, name)
}

async function fetchBytes(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const response = await fetch(url, signal ? { signal } : {})
    if (!response.ok) throw refused(url, response.status)
    return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof CandlewatchError) throw cause
    throw unreachable(url, reasonOf(cause), cause)
  }
}

function refused(url: string, status: number): CandlewatchError {
  if (status !== 404) return unreachable(url, `HTTP status ${status}`)
  const advice =
    'Months appear a few days after they end, and the first is 2017-08 for BTCUSDT: choose another year or symbol.'
  return new CandlewatchError('ERR_ARCHIVE_MISSING', `${url}: expected an archive, found none (404). ${advice}`)
}

function unreachable(url: string, found: string, cause?: unknown): CandlewatchError {
  const advice =
    'Run again when it can be reached (downloaded months are kept), or replay your own file with --csv FILE.'
  const message = `${new URL(url).host}: expected an answer from the host of the archives, found ${found}. ${advice}`
  return new CandlewatchError('ERR_ARCHIVE_UNREACHABLE', message, { cause })
}

function extracted(zip: Uint8Array, name: string): Uint8Array {
  const wanted = `${name}.csv`
  let csv: Uint8Array | undefined
  try {
    csv = unzipSync(zip, { filter: entry => entry.name === wanted })[wanted]
  } catch (cause) {
    throw broken(`${name}.zip`, 'a zip archive', cause)
  }
  if (csv === undefined) throw broken(`${name}.zip`, `a file ${wanted} in it`)
  return csv
}

function broken(file: string, expected: string, cause?: unknown): CandlewatchError {
  const message = `${file}: expected ${expected}, found something else. Check --base-url, then run again.`
  return new CandlewatchError('ERR_ARCHIVE_BROKEN', message, { cause })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Returns the hash in a line in the format of sha256sum; null if there is none. */
function hashIn(line: string): string | null {
  return /^([0-9a-f]{64})\s/i.exec(line)?.[1]?.toLowerCase() ?? null
}
