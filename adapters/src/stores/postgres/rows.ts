import { formatInterval, readInterval } from '@candlewatch/core/interval'
import { closeOf, msOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms, Step } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Range } from '../bars.ts'

/** A bar as PostgreSQL returns it. */
export interface BarRow {
  readonly open_time: Date
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly seen: Date
}

/** The columns above in the form that `json_to_recordset(…) as x(…)` takes. */
export const barColumns =
  'open_time timestamptz, open float8, high float8, low float8, close float8, volume float8, seen timestamptz'
/** The names of those columns. */
export const barNames = 'open_time, open, high, low, close, volume, seen'

/** Writes milliseconds as a literal that PostgreSQL reads without rounding in any time zone. */
export const timestamp = (ms: number) => new Date(ms).toISOString()

/** The open of the bar that closes at `ts`, as a literal. */
export const openTime = ({ intervalMs }: Stream, ts: Ms) => timestamp(openOf({ ts }, intervalMs))

/** The stream's part of every key. */
export const keyOf = (stream: Stream) => [stream.market, formatInterval(stream.intervalMs)] as const

/** The stream's columns of a row. */
export interface KeyRow {
  readonly market: string
  readonly interval: string
}

/** The stream of a row. */
export const streamOf = (row: KeyRow): Stream => ({
  market: row.market as Market,
  intervalMs: readInterval(row.interval),
})

/** The bar of a row. */
export function barOf({ market, intervalMs }: Stream, row: BarRow): Bar {
  return {
    market,
    ts: closeOf(row.open_time.getTime(), intervalMs),
    seen: msOf(row.seen),
    open: row.open,
    high: row.high,
    low: row.low,
    close: row.close,
    volume: row.volume,
  }
}

// JSON writes the shortest digits that read back as the same double; PostgreSQL does the same.
function barRow(stream: Stream, { ts, seen, open, high, low, close, volume }: Bar) {
  return { open_time: openTime(stream, ts), open, high, low, close, volume, seen: timestamp(seen) }
}

/** Bars as the JSON that `json_to_recordset` takes. */
export const barRows = (stream: Stream, bars: readonly Bar[]) => JSON.stringify(bars.map(bar => barRow(stream, bar)))

/** The rows that one query moves at most: some 300 kB. */
export const pageRows = 2_000

/** Splits bars into pages of `pageRows`. */
export function* pagesOf(bars: readonly Bar[]): Generator<readonly Bar[]> {
  for (let i = 0; i < bars.length; i += pageRows) yield bars.slice(i, i + pageRows)
}

/** A row that `commit_owned_steps` takes. */
export type StepRow = ReturnType<typeof stepRow>

/** A bar and its verdict as `commit_owned_steps` takes them, and the change of its stream's episodes if there is one. */
export function stepRow(stream: Stream, { bar, verdict, episodes }: Step) {
  const [market, interval] = keyOf(stream)
  const row = barRow(stream, bar)
  return {
    step: {
      market,
      interval,
      ...row,
      id: verdict.id,
      model: modelId(verdict.model),
      status: verdict.status,
      is_anomaly: verdict.isAnomaly,
      body: verdict,
    },
    change: episodes.length === 0 ? null : { id: verdict.id, open_time: row.open_time, events: episodes },
  }
}

/** The condition on the values of `rangeValues`. */
export const inRange = `market = $1 and interval = $2
    and ($3::timestamptz is null or open_time >= $3) and ($4::timestamptz is null or open_time < $4)`

/** The values of a query by range: stream, bounds and limit. */
export const rangeValues = ({ fromMs, toMs, limit, ...stream }: Range) => [
  ...keyOf(stream),
  fromMs === null ? null : timestamp(fromMs),
  toMs === null ? null : timestamp(toMs),
  limit,
]
