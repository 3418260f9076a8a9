import { fileURLToPath } from 'node:url'
import { type ArchiveRequest, cachedYear, downloadYear } from '@candlewatch/adapters/sources/archive'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Series } from '@candlewatch/core/types'
import { type Command, Option } from 'commander'
import * as values from '../option-values.ts'
import { interrupted } from '../program.ts'
import { everySeriesInDatabase, seriesFromDatabase } from './database.ts'

/** The options that name where rows come from. */
export interface RowsOptions {
  readonly csv?: string
  readonly database?: string
  readonly interval: string
}

/** The options that name a source of rows for training. */
export interface SeriesOptions extends RowsOptions {
  readonly archive?: string
  readonly years?: readonly number[]
  readonly directory: string
  readonly baseUrl?: string
}

/** The options that choose rows of a series. */
export interface RangeOptions {
  readonly from: number
  /** Rows that open before this are used; `unseenFrom` by default. */
  readonly to?: number
}

/** Rows that open from `from` and before `to`, epoch ms. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The project replays and evaluates 2021. By default no model is trained on it. */
export const unseenFrom = Date.UTC(2021, 0, 1)

/** Makes the option that reads rows from the database in place of --csv. */
export function databaseOption(): Option {
  return new Option('--database <market>', 'read rows from the database instead (DATABASE_URL, else the private one)')
    .argParser(values.marketName)
    .conflicts('csv')
}

/** Makes the option that compares alarms with what people marked. */
export function marksOption(): Option {
  return new Option(
    '--marks',
    "compare with this market's alarms that people marked right, wrong or missed, in the database",
  )
}

/** Reads the rows to judge. Throws what their reader throws, and ERR_OPTION_INVALID if no source is named. */
export async function readRows({ csv, database, interval }: RowsOptions): Promise<Series> {
  if (csv !== undefined) return loadCsv(csv)
  if (database !== undefined) return seriesFromDatabase(database, interval)
  const message =
    'Expected --csv FILE or --database MARKET, found neither. Name one; npm run backtest takes --series too.'
  throw new CandlewatchError('ERR_OPTION_INVALID', message)
}

/** The options that name where rows of several series come from. */
export interface ManySeriesOptions extends Omit<SeriesOptions, 'csv'> {
  readonly csv?: readonly string[]
  readonly everyStream?: true
}

/** Adds the options that name one source of rows. */
export function addSeriesOptions(command: Command): Command {
  const csv = new Option('--csv <file>', 'rows in any layout listed in data/README.md')
  return addSources(command, csv.conflicts(['database', 'archive']))
}

/** Adds the options that name several sources of rows, each with a market and an interval of its own. */
export function addManySeriesOptions(command: Command): Command {
  const csv = new Option('--csv <file>', 'rows in any layout listed in data/README.md; may be repeated')
    .argParser((file: string, before: readonly string[] = []) => [...before, file])
    .conflicts(['database', 'archive', 'everyStream'])
  const stream = new Option('--every-stream', 'read the rows of every stream in the database')
  return addSources(command, csv).addOption(stream.conflicts(['database', 'archive']))
}

function addSources(command: Command, csv: Option): Command {
  return command
    .addOption(csv)
    .addOption(
      new Option(
        '--database <market>',
        'read rows of this market from the database, such as bitstamp:BTC-USD (DATABASE_URL, else the private one)',
      )
        .argParser(values.marketName)
        .conflicts('archive'),
    )
    .option(
      '--archive <symbol>',
      "Binance's monthly archives of this pair, such as BTCUSDT; with --years",
      values.symbol,
    )
    .option('--years <years>', 'with --archive, such as 2019,2020; missing months are downloaded', values.years)
    .option('--interval <interval>', 'with --database and --archive: the length of the bars', values.interval, '1h')
    .option('--directory <path>', 'where archives are cached', fileURLToPath(new URL('../../../data', import.meta.url)))
    .option('--base-url <url>', 'a mirror of the archives')
    .addOption(new Option('--from <date>', 'first open to use').argParser(values.date).default(0, 'the first row'))
}

/** Reads all rows of the source. Throws what its reader throws, and ERR_OPTION_INVALID if no source is named. */
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

/** Reads all rows of one source or several. Throws what `readSeries` throws. */
export async function readManySeries(
  { csv = [], everyStream, ...options }: ManySeriesOptions,
  signal?: AbortSignal,
): Promise<readonly Series[]> {
  if (everyStream) return everySeriesInDatabase()
  if (csv.length > 0) return Promise.all(csv.map(file => loadCsv(file)))
  return [await readSeries(options, signal)]
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
        `${directory}: expected all months of ${symbol} ${interval} ${year} to be complete, and they are not. Run the command again.`,
      )
    }
    parts.push(part)
  }
  const [first] = parts
  if (first === undefined) throw new RangeError('Expected at least one year.')
  const name = `Binance archive ${symbol} ${interval} ${years.join(', ')}`
  return { ...first, name, bars: parts.flatMap(part => part.bars) }
}

async function download(request: ArchiveRequest): Promise<void> {
  try {
    await downloadYear(request)
  } catch (error) {
    throw request.signal?.aborted ? interrupted() : error
  }
}

/**
 * Returns the rows that open from `from` and before `to`. Without `to`, the rows before 2021; a series that begins later is
 * used whole, and a line printed by `print` says so. Throws ERR_RANGE_EMPTY with the range that the series has.
 */
export function cutSeries(series: Series, { from, to }: RangeOptions, print: (line: string) => void): Series {
  const open = (ts: number) => ts - series.intervalMs
  const between = (end: number) => series.bars.filter(bar => open(bar.ts) >= from && open(bar.ts) < end)
  let bars = between(to ?? unseenFrom)
  if (bars.length === 0 && to === undefined) {
    bars = between(Number.POSITIVE_INFINITY)
    if (bars.length > 0)
      print(
        `${series.name} has no rows before ${isoDate(unseenFrom).slice(0, 10)}, the default of --to, so all its rows are used.`,
      )
  }
  if (bars.length > 0) return { ...series, bars }
  const ends = [series.bars[0], series.bars.at(-1)].map(bar => (bar ? isoDate(open(bar.ts)) : '–'))
  const wanted = `from ${isoDate(from)} to ${isoDate(to ?? unseenFrom)}`
  throw new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `${series.name}: expected rows ${wanted}, found ${series.bars.length} rows from ${ends[0]} to ${ends[1]}, none of them in that range. Set --from and --to.`,
  )
}
