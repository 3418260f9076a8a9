import type { Stream } from '@candlewatch/core/time'
import { msOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type pg from 'pg'
import {
  bucketOf,
  type Candle,
  type CandleRange,
  type Candles,
  storedWidthFor,
  storedWidths,
  widthFor,
} from '../candles.ts'
import * as rows from './rows.ts'

/**
 * Recomputes the stored candles that contain bars of these opens, from the bars as they are now. It runs in the transaction
 * that changed the bars and has locked their stream: otherwise another transaction's bars of the same hour would be missed.
 */
export async function rollUp(client: pg.ClientBase, stream: Stream, opens: readonly Ms[]): Promise<void> {
  if (opens.length === 0) return
  const touched = storedWidths(stream.intervalMs).flatMap(width =>
    [...new Set(opens.map(open => bucketOf(open, width)))].map(from => ({ width, from, to: from + width })),
  )
  await client.query(upsertRollups, [
    ...rows.keyOf(stream),
    touched.map(({ width }) => duration(width)),
    touched.map(({ from }) => rows.timestamp(from)),
    rows.timestamp(Math.min(...touched.map(({ from }) => from))),
    rows.timestamp(Math.max(...touched.map(({ to }) => to))),
  ])
}

/** Recomputes the stored candles that contained a bar which was removed; one without any bar left is removed too. */
export async function rollUpWithout(client: pg.ClientBase, stream: Stream, open: Ms): Promise<void> {
  const buckets = storedWidths(stream.intervalMs).map(width => ({ width, from: bucketOf(open, width) }))
  await client.query(deleteRollups, [
    ...rows.keyOf(stream),
    buckets.map(({ width }) => duration(width)),
    buckets.map(({ from }) => rows.timestamp(from)),
  ])
  await rollUp(client, stream, [open])
}

/** Reads the bars of a range as at most `points` candles. */
export async function readCandles(client: pg.ClientBase, range: CandleRange): Promise<Candles> {
  const { fromMs, toMs, points, intervalMs } = range
  const bounds = [fromMs, toMs].map(ms => (ms === null ? null : rows.timestamp(ms)))
  const [ends] = (await client.query<Ends>(selectEnds, [...rows.keyOf(range), ...bounds])).rows
  if (!ends?.first || !ends.last) return { widthMs: intervalMs, candles: [] }
  const [first, last] = [msOf(ends.first), msOf(ends.last)]
  const widthMs = widthFor(intervalMs, first, last, points)
  return { widthMs, candles: await candlesBetween(client, range, first, last, widthMs) }
}

/** Reads the candles that contain the bars from one open to another, both included. */
export async function candlesBetween(
  client: pg.ClientBase,
  stream: Stream,
  firstMs: Ms,
  lastMs: Ms,
  widthMs: Ms,
): Promise<readonly Candle[]> {
  const key = rows.keyOf(stream)
  if (widthMs === stream.intervalMs) {
    const values = [...key, rows.timestamp(firstMs), rows.timestamp(lastMs + 1)]
    return (await client.query<CandleRow>(candlesOfOneBar, values)).rows.map(candleOf)
  }
  const stored = storedWidthFor(widthMs, stream.intervalMs)
  const found = await client.query<CandleRow>(stored === null ? candlesOfBars : candlesOfRollups, [
    ...key,
    rows.timestamp(bucketOf(firstMs, widthMs)),
    rows.timestamp(bucketOf(lastMs, widthMs) + widthMs),
    duration(widthMs),
    ...(stored === null ? [] : [duration(stored)]),
  ])
  return found.rows.map(candleOf)
}

interface Ends {
  readonly first: Date | null
  readonly last: Date | null
}

interface CandleRow extends Omit<Candle, 'openMs' | 'bars'> {
  readonly bucket: Date
  readonly bars: string
}

const candleOf = ({ bucket, bars, ...candle }: CandleRow): Candle => ({
  ...candle,
  openMs: msOf(bucket),
  bars: Number(bars),
})

/** Writes a duration for PostgreSQL, in milliseconds so that a day has 24 hours in any time zone of the session. */
export const duration = (ms: Ms) => `${ms} milliseconds`

const firstAndLast = `(array_agg(open order by open_time))[1] as open, max(high) as high, min(low) as low,
    (array_agg(close order by open_time desc))[1] as close, sum(volume) as volume`

// The bounds limit which years are read.
const upsertRollups = `
  insert into rollups (market, interval, width, open_time, open, high, low, close, volume, bars, first_open, last_open)
  select $1, $2, width, bucket, ${firstAndLast}, count(*), min(open_time), max(open_time)
  from unnest($3::interval[], $4::timestamptz[]) as touched (width, bucket)
  cross join lateral (
    select distinct on (open_time) open_time, open, high, low, close, volume from bars
    where market = $1 and interval = $2 and open_time >= $5 and open_time < $6
      and open_time >= bucket and open_time < bucket + width
    order by open_time desc, revision desc
  ) as bar
  group by width, bucket
  on conflict (market, interval, width, open_time) do update set
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, bars = excluded.bars, first_open = excluded.first_open, last_open = excluded.last_open`

const deleteRollups = `
  delete from rollups using unnest($3::interval[], $4::timestamptz[]) as touched (width, bucket)
  where market = $1 and interval = $2 and rollups.width = touched.width and open_time = bucket`

const selectEnds = `
  select (select open_time from bars where ${rows.inRange} order by open_time limit 1) as first,
    (select open_time from bars where ${rows.inRange} order by open_time desc limit 1) as last`

const within = 'market = $1 and interval = $2 and open_time >= $3 and open_time < $4'
const bucketColumn = `date_bin($5::interval, open_time, 'epoch') as bucket`

// Alarms and faults are few, and have indexes of their own. Two models may have judged one bar.
const candlesOf = (source: string, bars: string, bucket = bucketColumn) => `
  with candle as (
    select ${bucket}, ${firstAndLast}, ${bars} as bars from (${source}) as part group by bucket
  ), anomaly as (
    select ${bucket}, count(distinct open_time)::integer as anomalies from verdicts
    where ${within} and is_anomaly and withdrawn_by is null group by bucket
  ), fault as (
    select ${bucket}, count(distinct open_time)::integer as faults from verdicts
    where ${within} and status = 'feed-fault' and withdrawn_by is null group by bucket
  )
  select bucket, open, high, low, close, volume, bars, coalesce(anomalies, 0) as anomalies, coalesce(faults, 0) as faults
  from candle left join anomaly using (bucket) left join fault using (bucket) order by bucket`

const currentBars = `select distinct on (open_time) * from bars where ${within} order by open_time desc, revision desc`
const candlesOfBars = candlesOf(currentBars, 'count(*)')
const candlesOfOneBar = candlesOf(currentBars, 'count(*)', 'open_time as bucket')

const candlesOfRollups = candlesOf(`select * from rollups where ${within} and width = $6::interval`, 'sum(bars)')
