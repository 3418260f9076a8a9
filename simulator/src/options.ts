import { existsSync } from 'node:fs'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Market, Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { parseDuration } from './duration.ts'

export interface Options {
  readonly everyMs: number
  /** Open of the first row to post; null = the default. */
  readonly fromMs: Ms | null
  /** Rows that open at or after this are not posted; null = to the end. */
  readonly toMs: Ms | null
  readonly csv: string | null
  readonly market: Market | null
  readonly port: number
  readonly once: boolean
  /** null = the budget that is in force. */
  readonly alarmsPerWeek: number | null
  /** Given: the synthetic year is replayed, whatever else there is. */
  readonly seed: number | null
  readonly restart: boolean
}

type Raw = Partial<Record<string, string | boolean>>

/** Prints the help itself. Throws ERR_OPTION_INVALID with one line a mistake. `argv` without node and the script. */
export function parseOptions(argv: readonly string[]): Options {
  return read(
    command()
      .parse([...argv], { from: 'user' })
      .opts<Raw>(),
  )
}

function command(): Command {
  return new Command('npm run simulate --')
    .description(
      "Replays 2021's hourly rows of BTC against the anomaly detector, as if they were closing now.\n" +
        'Starts what it needs: a database (or DATABASE_URL), the server and its page. Ctrl-C stops everything.\n' +
        'The next start goes on where this one stopped.',
    )
    .helpOption('-h, --help', 'show this')
    .option('--every <duration>', 'time between two rows: 50ms, 2s, 1m; 0 = as fast as it goes', '1s')
    .option('--from <date>', 'open of the first row to post, UTC (default: 2021-01-01 or where the last run stopped)')
    .option('--to <date>', 'post rows that open before this date; it is not included (default: the end)')
    .option('--csv <file>', 'replay this file instead of the downloaded or the synthetic year')
    .option('--market <name>', 'call the market this, such as kraken:BTC-EUR (default: as the source says)')
    .option('--port <number>', 'port of the page and the API; 0 = any free one', '3000')
    .option('--once', 'stop when the last row is answered; the last line is then a summary in JSON')
    .option(
      '--alarms-per-week <number>',
      'the alarm budget: how many false alarms a week you will stand (default: as it was, 1 at first)',
    )
    .option('--seed <number>', 'replay the synthetic year that grows from this number')
    .option('--restart', "forget this market's earlier replay and start over")
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  npm run simulate                                       one row a second, page at http://localhost:3000/\n' +
        '  npm run simulate -- --every 50ms --from 2021-05-17     the crash of May, faster\n' +
        '  npm run simulate -- --every 0 --once                   the whole year, then a summary',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .allowExcessArguments(false)
}

function read(raw: Raw): Options {
  const mistakes: string[] = []
  /** The parsed option, or null after noting what is wrong with it. */
  function option<T>(name: string, parse: (text: string) => T | null, expected: string): T | null {
    const text = raw[name]
    if (typeof text !== 'string') return null
    const value = parse(text)
    if (value === null) mistakes.push(`--${dashed(name)}: expected ${expected}, found "${text}".`)
    return value
  }
  const aDate = 'a date such as 2021-05-17 or 2021-05-17T12:00Z'
  const options: Options = {
    everyMs: option('every', parseDuration, 'a duration up to 1h such as 50ms, 2s or 1m, or 0') ?? 0,
    fromMs: option('from', parseDay, aDate),
    toMs: option('to', parseDay, aDate),
    csv: option('csv', file => (existsSync(file) ? file : null), 'a file that exists'),
    market: option('market', parseMarket, 'venue:INSTRUMENT such as kraken:BTC-EUR'),
    port: option('port', text => whole(text, 65_535), 'a port from 0 (any free one) to 65535') ?? 0,
    once: raw.once === true,
    alarmsPerWeek: option('alarmsPerWeek', parseBudget, 'a number above 0, up to 168 (one an hour)'),
    seed: option('seed', text => whole(text, 2 ** 32 - 1), 'a whole number from 0 to 4294967295'),
    restart: raw.restart === true,
  }
  const { fromMs, toMs } = options
  if (fromMs !== null && toMs !== null && toMs <= fromMs) {
    mistakes.push(`--to: expected a date after --from (${String(raw.from)}), found "${String(raw.to)}".`)
  }
  if (options.csv !== null && options.seed !== null) {
    mistakes.push('--seed: the synthetic year cannot be replayed together with --csv. Leave one of them out.')
  }
  if (mistakes.length === 0) return options
  throw new CandlewatchError('ERR_OPTION_INVALID', `${mistakes.join('\n')}\n--help shows every option.`)
}

const dashed = (name: string) => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** Without a zone it is UTC. null for what is no date, 30 February too. */
function parseDay(text: string): Ms | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/i.exec(text)
  if (!match) return null
  const [, day, time = '00:00', seconds = ':00', zone = 'Z'] = match
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Date.parse carries 30 February over into March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day!)) return null
  const ms = Date.parse(`${day}T${time}${seconds}${zone.toUpperCase()}`)
  return Number.isNaN(ms) ? null : (ms as Ms)
}

const parseMarket = (text: string): Market | null =>
  /^(?=.{3,64}$)[A-Za-z0-9._-]+:[A-Za-z0-9._/-]+$/.test(text) ? (text as Market) : null

function whole(text: string, most: number): number | null {
  const value = Number(text)
  return /^\d{1,10}$/.test(text) && value <= most ? value : null
}

function parseBudget(text: string): number | null {
  const value = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 168 ? value : null
}
