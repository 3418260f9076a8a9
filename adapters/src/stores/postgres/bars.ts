import { msOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Bar } from '@candlewatch/core/types'
import type pg from 'pg'
import type { BarStore } from '../bars.ts'
import { checkBars } from '../commits.ts'
import { readCandles, rollUp } from './candles.ts'
import type { Connections } from './connection.ts'
import { disown } from './owners.ts'
import * as rows from './rows.ts'
import { type StoredVerdict, verdictOf } from './stored-verdict.ts'
import { makeRoom } from './years.ts'

/** The observed bars in PostgreSQL. Long writes use `slow`. */
export function postgresBars(database: Connections, slow: Connections): BarStore {
  return {
    async bars(range) {
      const found = await database.query<rows.BarRow>(selectBars, rows.rangeValues(range))
      return found.map(row => rows.barOf(range, row))
    },

    async *barsAfter(stream, ts) {
      let after = ts
      while (true) {
        const values = [...rows.keyOf(stream), rows.openTime(stream, after), rows.pageRows]
        const page = await database.query<rows.BarRow>(selectBarsAfter, values)
        const bars = page.map(row => rows.barOf(stream, row))
        yield* bars
        const last = bars.at(-1)
        if (!last || bars.length < rows.pageRows) return
        after = last.ts
      }
    },

    candles: range => database.use(client => readCandles(client, range)),

    async known(stream, closes) {
      const opens = closes.map(ts => rows.openTime(stream, ts))
      const found = await database.query<KnownRow>(selectKnown, [...rows.keyOf(stream), opens])
      return new Map(
        found.map(row => {
          const bar = rows.barOf(stream, row)
          return [bar.ts, { bar, verdict: row.body && verdictOf(row.body) }] as const
        }),
      )
    },

    async appendWarmUp(stream, bars) {
      checkBars(stream, bars)
      await slow.transaction(async client => {
        await disown(client, stream)
        await writeBars(client, stream, bars)
      })
    },

    async streams() {
      const found = await database.query<StreamRow>(selectStreams)
      return found.map(row => ({
        ...rows.streamOf(row),
        bars: Number(row.bars),
        firstOpenMs: msOf(row.first_open),
        lastOpenMs: msOf(row.last_open),
      }))
    },
  }
}

/** Adds bars without a verdict. It runs in a transaction that has locked the stream. */
export async function writeBars(client: pg.ClientBase, stream: Stream, bars: readonly Bar[]): Promise<void> {
  const opens = bars.map(bar => openOf(bar, stream.intervalMs))
  await makeRoom(client, opens)
  for (const page of rows.pagesOf(bars)) {
    await client.query(insertBars, [...rows.keyOf(stream), rows.barRows(stream, page)])
  }
  await rollUp(client, stream, opens)
}

interface KnownRow extends rows.BarRow {
  readonly body: StoredVerdict | null
}

interface StreamRow extends rows.KeyRow {
  readonly bars: string
  readonly first_open: Date
  readonly last_open: Date
}

const insertBars = `
  insert into bars (market, interval, ${rows.barNames})
  select $1, $2, ${rows.barNames} from json_to_recordset($3::json) as given (${rows.barColumns})
  on conflict do nothing`

const selectBarsAfter = `
  select distinct on (open_time) ${rows.barNames} from bars
  where market = $1 and interval = $2 and open_time > $3
  order by open_time, revision desc limit $4`

const selectBars = `
  select * from (
    select distinct on (open_time) ${rows.barNames} from bars
    where ${rows.inRange} order by open_time desc, revision desc limit $5
  ) as newest order by open_time`

const selectKnown = `
  select distinct on (open_time) ${rows.barNames}, verdict.body
  from bars left join lateral (
    select body from verdicts
    where market = bars.market and interval = bars.interval and open_time = bars.open_time and withdrawn_by is null
    order by seq desc limit 1
  ) as verdict on true
  where market = $1 and interval = $2 and open_time = any($3::timestamptz[])
  order by open_time, revision desc`

// Days are counted instead of bars: counting millions of bars takes a second.
const selectStreams = `
  select market, interval, bars,
    (select open_time from bars where market = day.market and interval = day.interval order by open_time limit 1)
      as first_open,
    (select open_time from bars where market = day.market and interval = day.interval order by open_time desc limit 1)
      as last_open
  from (
    select market, interval, sum(bars) as bars from rollups where width = interval '1 day' group by market, interval
  ) as day
  order by market, interval`
