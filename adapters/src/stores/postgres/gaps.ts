import type { Stream } from '@candlewatch/core/time'
import { msOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type pg from 'pg'
import { type CoverageQuery, type Gap, gapBetween } from '../history.ts'
import { duration } from './candles.ts'
import * as rows from './rows.ts'

/** A day of bars as its stored candle describes it, with the opens of its first and last bar. */
export interface Day {
  readonly openMs: Ms
  readonly bars: number
  readonly firstMs: Ms
  readonly lastMs: Ms
}

/** Reads every day that has a bar, oldest first. */
export async function readDays(client: pg.ClientBase, stream: Stream): Promise<readonly Day[]> {
  return (await client.query<DayRow>(selectDays, [...rows.keyOf(stream)])).rows.map(dayOf)
}

/** Counts the bars that are missing between the first and the last. */
export function missingOf(days: readonly Day[], intervalMs: Ms): number {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return 0
  const expected = Math.round((last.lastMs - first.firstMs) / intervalMs) + 1
  return expected - days.reduce((sum, day) => sum + day.bars, 0)
}

// Some 46,000 bars of a minute are read at a time.
const daysAtATime = 32

/** Finds gaps between days from the stored candles; the bars of a day are read only if some are missing. */
export async function newestGaps(client: pg.ClientBase, query: CoverageQuery, days: readonly Day[]) {
  const { intervalMs, maxGaps } = query
  const gaps: Gap[] = []
  for (let end = days.length; end > 0 && gaps.length <= maxGaps; end -= daysAtATime) {
    const part = days.slice(Math.max(0, end - daysAtATime), end)
    const holed = part.filter(day => day.bars < Math.round((day.lastMs - day.firstMs) / intervalMs) + 1)
    const within = await gapsWithin(client, query, holed)
    const between = part.map((day, i) => {
      const before = days[Math.max(0, end - daysAtATime) + i - 1]
      return before ? gapBetween(before.lastMs, day.firstMs, intervalMs) : null
    })
    const found = [...within, ...between.filter(gap => gap !== null)]
    gaps.push(...found.sort((a, b) => b.fromMs - a.fromMs))
  }
  return { gaps: gaps.slice(0, maxGaps), moreGaps: gaps.length > maxGaps }
}

async function gapsWithin(client: pg.ClientBase, query: CoverageQuery, days: readonly Day[]): Promise<Gap[]> {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return []
  const found = await client.query<{ before: Date; after: Date }>(selectGaps, [
    ...rows.keyOf(query),
    days.map(day => rows.timestamp(day.firstMs)),
    days.map(day => rows.timestamp(day.lastMs)),
    duration(query.intervalMs),
    rows.timestamp(first.firstMs),
    rows.timestamp(last.lastMs),
    query.maxGaps + 1,
  ])
  return found.rows.flatMap(
    ({ before, after }) => gapBetween(before.getTime(), after.getTime(), query.intervalMs) ?? [],
  )
}

interface DayRow {
  readonly open_time: Date
  readonly bars: number
  readonly first_open: Date
  readonly last_open: Date
}

const dayOf = ({ open_time, bars, first_open, last_open }: DayRow): Day => ({
  openMs: msOf(open_time),
  bars,
  firstMs: msOf(first_open),
  lastMs: msOf(last_open),
})

const selectDays = `
  select open_time, bars, first_open, last_open from rollups
  where market = $1 and interval = $2 and width = interval '1 day' order by open_time`

// The bounds limit which years are read.
const selectGaps = `
  select before, after
  from unnest($3::timestamptz[], $4::timestamptz[]) as day (first, last)
  cross join lateral (
    select open_time as after, lag(open_time) over (order by open_time) as before from bars
    where market = $1 and interval = $2 and open_time >= $6 and open_time <= $7
      and open_time >= day.first and open_time <= day.last
  ) as pair
  where after - before > $5::interval order by after desc limit $8`
