import { dayMs, msOf, type Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type pg from 'pg'
import { widthFor } from '../candles.ts'
import { checkBars } from '../commits.ts'
import type { Coverage, CoverageQuery, HistoryStore, Imported, Stretch } from '../history.ts'
import { candlesBetween, duration } from './candles.ts'
import type { Connections } from './connection.ts'
import { type Day, missingOf, newestGaps, readDays } from './gaps.ts'
import * as rows from './rows.ts'

/** The imported rows in PostgreSQL, and what is missing. Long writes use `slow`. */
export function postgresHistory(database: Connections, slow: Connections): HistoryStore {
  return {
    async appendHistory(series) {
      checkBars(series, series.bars)
      await slow.transaction(async client => {
        for (const page of rows.pagesOf(series.bars)) {
          await client.query(insertHistory, [...rows.keyOf(series), series.name, rows.barRows(series, page)])
        }
      })
      return series.bars.length
    },

    async stored(stream, closes) {
      const opens = closes.map(ts => rows.openTime(stream, ts))
      const found = await database.query<StoredRow>(selectStored, [...rows.keyOf(stream), opens])
      return new Map(
        found.map(row => {
          const bar = rows.barOf(stream, row)
          return [bar.ts, { bar, observed: row.observed }] as const
        }),
      )
    },

    coverage: query => database.use(client => readCoverage(client, query)),

    async historyStreams() {
      return (await database.query<rows.KeyRow>(selectHistoryStreams)).map(rows.streamOf)
    },
  }
}

async function readCoverage(client: pg.ClientBase, query: CoverageQuery): Promise<Coverage> {
  const key = rows.keyOf(query)
  const days = await readDays(client, query)
  const history = (await client.query<EndsRow>(selectHistoryEnds, [...key])).rows[0]
  const firstOpenMs = days[0]?.firstMs ?? null
  const lastOpenMs = days.at(-1)?.lastMs ?? null
  const opens = [firstOpenMs, lastOpenMs, history?.first?.getTime(), history?.last?.getTime()].flatMap(
    open => open ?? [],
  )
  if (opens.length === 0) return nothingOf(query)
  const [first, last] = [Math.min(...opens) as Ms, Math.max(...opens) as Ms]
  const widthMs = widthFor(query.intervalMs, first, last, query.points)
  const bars = await candlesBetween(client, query, first, last, widthMs)
  const imported = await importedAlone(client, query, days, history, widthMs)
  const { gaps, moreGaps } = await newestGaps(client, query, days)
  return {
    bars: days.reduce((sum, day) => sum + day.bars, 0),
    firstOpenMs,
    lastOpenMs,
    missing: missingOf(days, query.intervalMs),
    gaps,
    moreGaps,
    imported: importedOf(imported),
    widthMs,
    stretches: stretchesOf(bars, imported),
  }
}

const nothingOf = ({ intervalMs }: Stream): Coverage => ({
  bars: 0,
  firstOpenMs: null,
  lastOpenMs: null,
  missing: 0,
  gaps: [],
  moreGaps: false,
  imported: null,
  widthMs: intervalMs,
  stretches: [],
})

/** Reads the imported rows for which there is no bar, by stretches. */
async function importedAlone(
  client: pg.ClientBase,
  stream: Stream,
  days: readonly Day[],
  ends: EndsRow | undefined,
  widthMs: Ms,
): Promise<readonly ImportedRow[]> {
  if (!ends?.first || !ends.last) return []
  const parts = withoutWhole(days, stream.intervalMs, ends.first.getTime(), ends.last.getTime())
  const found = await client.query<ImportedRow>(selectImported, [
    ...rows.keyOf(stream),
    duration(widthMs),
    parts.map(([from]) => rows.timestamp(from)),
    parts.map(([, to]) => rows.timestamp(to)),
  ])
  return found.rows
}

/** Returns the time from one open to another without the days that have all bars: on those no imported row counts. */
function withoutWhole(days: readonly Day[], intervalMs: Ms, firstMs: number, lastMs: number) {
  const parts: [from: number, to: number][] = []
  let from = firstMs
  for (const { openMs, bars } of days) {
    if (bars < Math.ceil(dayMs / intervalMs) || openMs + dayMs <= from) continue
    if (openMs > lastMs) break
    if (openMs > from) parts.push([from, openMs])
    from = openMs + dayMs
  }
  if (from <= lastMs) parts.push([from, lastMs + 1])
  return parts
}

function importedOf(found: readonly ImportedRow[]): Imported | null {
  const [first, last] = [found[0], found.at(-1)]
  if (!first || !last) return null
  return {
    rows: found.reduce((sum, { imported }) => sum + Number(imported), 0),
    firstOpenMs: msOf(first.first),
    lastOpenMs: msOf(last.last),
  }
}

function stretchesOf(bars: readonly Omit<Stretch, 'imported'>[], imported: readonly ImportedRow[]): readonly Stretch[] {
  const stretches = new Map<Ms, Stretch>()
  for (const { openMs, bars: count, anomalies, faults } of bars) {
    stretches.set(openMs, { openMs, bars: count, imported: 0, anomalies, faults })
  }
  for (const row of imported) {
    const openMs = msOf(row.bucket)
    const stretch = stretches.get(openMs) ?? { openMs, bars: 0, imported: 0, anomalies: 0, faults: 0 }
    stretches.set(openMs, { ...stretch, imported: Number(row.imported) })
  }
  return [...stretches.values()].sort((a, b) => a.openMs - b.openMs)
}

interface StoredRow extends rows.BarRow {
  readonly observed: boolean
}

interface EndsRow {
  readonly first: Date | null
  readonly last: Date | null
}

interface ImportedRow {
  readonly bucket: Date
  readonly imported: string
  readonly first: Date
  readonly last: Date
}

const selectHistoryEnds = `
  select (select open_time from history where market = $1 and interval = $2 order by open_time limit 1) as first,
    (select open_time from history where market = $1 and interval = $2 order by open_time desc limit 1) as last`

// Each side is read once by its key, however many rows there are; complete days are in no part.
const selectImported = `
  select date_bin($3::interval, open_time, 'epoch') as bucket, count(*) as imported, min(open_time) as first, max(open_time) as last
  from unnest($4::timestamptz[], $5::timestamptz[]) as part (first, last)
  cross join lateral (
    select open_time from history
    where market = $1 and interval = $2 and open_time >= part.first and open_time < part.last
    except
    select open_time from bars
    where market = $1 and interval = $2 and open_time >= part.first and open_time < part.last
  ) as alone
  group by bucket order by bucket`

const insertHistory = `
  insert into history (market, interval, source, ${rows.barNames})
  select $1, $2, $3, ${rows.barNames} from json_to_recordset($4::json) as given (${rows.barColumns})
  on conflict (market, interval, open_time) do update set
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, seen = excluded.seen, source = excluded.source`

const selectStored = `
  select distinct on (open_time) open_time, open, high, low, close, volume, seen, observed from (
    select ${rows.barNames}, true as observed, revision from bars
    where market = $1 and interval = $2 and open_time = any($3::timestamptz[])
    union all
    select ${rows.barNames}, false, 0 from history
    where market = $1 and interval = $2 and open_time = any($3::timestamptz[])
  ) as row
  order by open_time, observed desc, revision desc`

// One index lookup per stream: streams are few, their rows can be millions.
const selectHistoryStreams = `
  with recursive stream as (
    (select market, interval from history order by market, interval limit 1)
    union all
    select next.market, next.interval from stream cross join lateral (
      select market, interval from history
      where (market, interval) > (stream.market, stream.interval) order by market, interval limit 1
    ) as next
  )
  select market, interval from stream order by market, interval`
