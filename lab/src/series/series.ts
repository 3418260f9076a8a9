import { fileURLToPath } from 'node:url'
import { type ArchiveRequest, cachedYear, downloadYear } from '@candlewatch/adapters/sources/archive'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Series } from '@candlewatch/core/types'
import { type Command, Option } from 'commander'
import * as values from '../option-values.ts'
import { interrupted } from '../program.ts'
import { seriesFromDatabase } from './database.ts'

export interface SeriesOptions {
  readonly csv?: string
  readonly database?: string
  readonly archive?: string
  readonly years?: readonly number[]
  readonly interval: string
  readonly directory: string
  readonly baseUrl?: string
}

/** Where the series comes from and which of its rows are used. */
export interface RangeOptions {
  readonly from: number
  /** Opens before this are used; undefined = `lastOpens`. */
  readonly to?: number
}

/** 2021 is what this project replays and judges by: unless told otherwise, nothing is fitted on it. */
export const unseenFrom = Date.UTC(2021, 0, 1)

export function addSeriesOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--csv <file>', 'rows in any layout that data/README.md names').conflicts(['database', 'archive']),
    )
    .addOption(
      new Option(
        '--database <market>',
        'rows of the database, as in bitstamp:BTC-USD; DATABASE_URL, else the private one',
      )
        .argParser(values.marketName)
        .conflicts('archive'),
    )
    .option('--archive <symbol>', 'monthly archives of Binance, as in BTCUSDT; with --years', values.symbol)
    .option('--years <years>', 'as in 2019,2020; what is not cached is downloaded', values.years)
    .option('--interval <interval>', 'of --database and --archive', values.interval, '1h')
    .option('--directory <path>', 'where archives are cached', fileURLToPath(new URL('../../../data', import.meta.url)))
    .option('--base-url <url>', 'a mirror of the archives')
    .addOption(new Option('--from <date>', 'first open to use').argParser(values.date).default(0, 'the first row'))
}

/** All rows of the source. Throws what its reader throws, and ERR_OPTION_INVALID when no source is named. */
export async function readSeries(options: SeriesOptions, signal?: AbortSignal): Promise<Series> {
  if (options.csv !== undefined) return loadCsv(options.csv)
  if (options.database !== undefined) return seriesFromDatabase(options.database, options.interval)
  if (options.archive !== undefined && options.years !== undefined) return seriesFromArchive(options, signal)
  const found = options.archive === undefined ? 'none of them' : '--archive without --years'
  throw new CandlewatchError(
    'ERR_OPTION_INVALID',
    `Expected --csv FILE, --database MARKET or --archive SYMBOL --years YEARS, found ${found}. Name one.`,
  )
}

async function seriesFromArchive(options: SeriesOptions, signal?: AbortSignal): Promise<Series> {
  const { archive: symbol = '', years = [], interval, directory, baseUrl } = options
  const parts: Series[] = []
  for (const year of years) {
    const read = () => cachedYear(directory, year, symbol, interval)
    let part = await read()
    if (part === null) {
      await download({ year, symbol, interval, directory, ...(baseUrl && { baseUrl }), ...(signal && { signal }) })
      part = await read()
    }
    if (part === null) {
      throw new CandlewatchError(
        'ERR_ARCHIVE_BROKEN',
        `${directory}: expected all months of ${symbol} ${interval} ${year} to be whole, and they are not. Run again.`,
      )
    }
    parts.push(part)
  }
  const first = parts[0] as Series
  return {
    ...first,
    name: `Binance archive ${symbol} ${interval} ${years.join(', ')}`,
    bars: parts.flatMap(p => p.bars),
  }
}

async function download(request: ArchiveRequest): Promise<void> {
  try {
    await downloadYear(request)
  } catch (error) {
    throw request.signal?.aborted ? interrupted() : error
  }
}

/**
 * The rows from `from` on that open before `to`. Without a `to`, those before 2021; a series that begins later is used
 * whole, and `say` hears of it. Throws ERR_RANGE_EMPTY with the range that there is.
 */
export function cutSeries(series: Series, { from, to }: RangeOptions, say: (line: string) => void): Series {
  const open = (ts: number) => ts - series.intervalMs
  const between = (end: number) => series.bars.filter(bar => open(bar.ts) >= from && open(bar.ts) < end)
  let bars = between(to ?? unseenFrom)
  if (bars.length === 0 && to === undefined) {
    bars = between(Number.POSITIVE_INFINITY)
    if (bars.length > 0)
      say(
        `${series.name} has no rows before ${isoDate(unseenFrom).slice(0, 10)}, the default of --to: all its rows are used.`,
      )
  }
  if (bars.length > 0) return { ...series, bars }
  const ends = [series.bars[0], series.bars.at(-1)].map(bar => (bar ? isoDate(open(bar.ts)) : '–'))
  const wanted = `from ${isoDate(from)} to ${isoDate(to ?? unseenFrom)}`
  throw new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `${series.name}: expected rows ${wanted}, found ${series.bars.length} from ${ends[0]} to ${ends[1]}, none of them in it. Set --from and --to.`,
  )
}
