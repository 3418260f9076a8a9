import { existsSync } from 'node:fs'
import { CandlewatchError } from '@candlewatch/core/errors'
import { hourMs, minuteMs, secondMs } from '@candlewatch/core/time'
import type { Market, Ms } from '@candlewatch/core/types'
import { Command } from 'commander'

/** The parsed command line. */
export interface Options {
  readonly everyMs: number
  /** The open of the first row to post; null = the default. */
  readonly fromMs: Ms | null
  /** Rows that open from here on are not posted; null = to the end. */
  readonly toMs: Ms | null
  readonly csv: string | null
  readonly market: Market | null
  readonly port: number
  readonly once: boolean
  /** null = the current budget. */
  readonly alarmsPerWeek: number | null
  /** The seed of a synthetic year to replay; null = another source. */
  readonly seed: number | null
  readonly restart: boolean
}

type Raw = Partial<Record<string, string | boolean>>

/** Parses the arguments after node and the script, and prints the help if asked. Throws ERR_OPTION_INVALID with a line for each mistake. */
export function parseOptions(argv: readonly string[]): Options {
  return readOptions(
    command()
      .parse([...argv], { from: 'user' })
      .opts<Raw>(),
  )
}

function command(): Command {
  return new Command('npm run simulate --')
    .description(
      'Replays the hourly BTC rows of 2021 against the anomaly detector, as if they were closing now.\n' +
        'Starts what it needs: a database (unless DATABASE_URL is set), the server and the web page. Ctrl-C stops everything.\n' +
        'The next run continues where this one stopped.',
    )
    .helpOption('-h, --help', 'show this help')
    .option('--every <duration>', 'time between two rows, such as 50ms, 2s or 1m; 0 = as fast as possible', '1s')
    .option('--from <date>', 'open of the first row, UTC (default: 2021-01-01, or where the last run stopped)')
    .option('--to <date>', 'post rows that open before this date (default: the end)')
    .option('--csv <file>', 'replay this file instead of the downloaded or synthetic year')
    .option('--market <name>', 'name of the market, such as kraken:BTC-EUR (default: that of the source)')
    .option('--port <number>', 'port of the page and the API; 0 = any free port', '3000')
    .option('--once', 'stop after the last row; the last line is then a summary in JSON')
    .option(
      '--alarms-per-week <number>',
      'the alarm budget: false alarms per week you accept (default: the current budget, 1 at first)',
    )
    .option('--seed <number>', 'replay the synthetic year made from this seed')
    .option('--restart', "delete this market's earlier replay and start over; rows that no replay sent always stay")
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  npm run simulate                                       one row per second, page at http://localhost:3000/\n' +
        '  npm run simulate -- --every 50ms --from 2021-05-17     the crash of May, faster\n' +
        '  npm run simulate -- --every 0 --once                   the whole year, then a summary',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .allowExcessArguments(false)
}

function readOptions(raw: Raw): Options {
  const mistakes: string[] = []
  /** Parses an option; returns null, and notes the mistake, if it is wrong. */
  function option<T>(name: string, parse: (text: string) => T | null, expected: string): T | null {
    const text = raw[name]
    if (typeof text !== 'string') return null
    const value = parse(text)
    if (value === null) mistakes.push(`--${dashed(name)}: expected ${expected}, found "${text}".`)
    return value
  }
  const aDate = 'a date, such as 2021-05-17 or 2021-05-17T12:00Z'
  const options: Options = {
    everyMs: option('every', parseDuration, 'a duration up to 1h, such as 50ms, 2s, 1m or 0') ?? 0,
    fromMs: option('from', parseDay, aDate),
    toMs: option('to', parseDay, aDate),
    csv: option('csv', file => (existsSync(file) ? file : null), 'a file that exists'),
    market: option('market', parseMarket, 'venue:INSTRUMENT, such as kraken:BTC-EUR'),
    port: option('port', text => whole(text, 65_535), 'a port from 0 (any free one) to 65535') ?? 0,
    once: raw.once === true,
    alarmsPerWeek: option('alarmsPerWeek', parseBudget, 'a number above 0 and up to 168 (one per hour)'),
    seed: option('seed', text => whole(text, 2 ** 32 - 1), 'a whole number from 0 to 4294967295'),
    restart: raw.restart === true,
  }
  const { fromMs, toMs } = options
  if (fromMs !== null && toMs !== null && toMs <= fromMs) {
    mistakes.push(`--to: expected a date after --from (${String(raw.from)}), found "${String(raw.to)}".`)
  }
  if (options.csv !== null && options.seed !== null) {
    mistakes.push('--seed: a synthetic year cannot be replayed together with --csv. Remove one of them.')
  }
  if (mistakes.length === 0) return options
  throw new CandlewatchError('ERR_OPTION_INVALID', `${mistakes.join('\n')}\n--help shows every option.`)
}

const dashed = (name: string) => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** Parses a date, UTC unless it names a zone. Returns null for anything else, such as 30 February. */
function parseDay(text: string): Ms | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/i.exec(text)
  if (!match) return null
  const [, day, time = '00:00', seconds = ':00', zone = 'Z'] = match
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Date.parse carries 30 February over into March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day ?? '')) return null
  const ms = Date.parse(`${day}T${time}${seconds}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? null : (ms as Ms)
}

const parseMarket = (text: string): Market | null =>
  /^(?:replay:[A-Za-z0-9._-]{1,40}\/)?(?=.{3,64}$)[A-Za-z0-9._-]+:[A-Za-z0-9._/-]+$/.test(text)
    ? (text as Market)
    : null

function whole(text: string, most: number): number | null {
  const value = Number(text)
  return /^\d{1,10}$/.test(text) && value <= most ? value : null
}

function parseBudget(text: string): number | null {
  const value = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 168 ? value : null
}

const unitMs = { ms: 1, s: secondMs, m: minuteMs, h: hourMs } as const

/** Parses `50ms`, `2s`, `1.5m`, `1h` or `0` to milliseconds. Returns null for anything else, and for more than an hour. */
export function parseDuration(text: string): number | null {
  if (/^0+$/.test(text)) return 0
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text)
  if (!match) return null
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
  return ms <= hourMs ? ms : null
}
