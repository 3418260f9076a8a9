import type { Ms } from '@candlewatch/core/types'
import type pg from 'pg'
import * as rows from './rows.ts'

/** Makes missing partitions for rows of these opens. It runs in a transaction. */
export async function makeRoom(client: pg.ClientBase, opens: readonly Ms[]): Promise<void> {
  if (opens.length === 0) return
  const [first, last] = [opens.reduce((a, b) => (a < b ? a : b)), opens.reduce((a, b) => (a > b ? a : b))]
  await client.query('select make_partitions($1, $2)', [rows.timestamp(first), rows.timestamp(last)])
}

/** The years up to this one share a partition, which has its name. */
const lastOldYear = 2009

/**
 * Drops the years that ended before `before` and of which nothing was learned since then. Bars that an engine still has to
 * learn stay, and so do all years before 2010 while one of them does. Returns the years. It runs in a transaction; nothing is written meanwhile.
 */
export async function dropYears(client: pg.ClientBase, before: Ms): Promise<readonly number[]> {
  // The drop waits for readers, and later readers wait behind it: limit how long.
  await client.query(`set local lock_timeout = '2s'`)
  await client.query('lock table bars, verdicts in exclusive mode')
  const years = await client.query<{ year: number }>(selectYears, [rows.timestamp(before)])
  const dropped: number[] = []
  for (const { year } of years.rows) {
    const [found] = (await client.query<{ wanted: boolean | null }>(stillWanted(year), [rows.timestamp(before)])).rows
    if (found?.wanted !== false) continue
    const { rows: its } = await client.query<{ year: number }>(insertDropped(year))
    await client.query(keepNewest(year))
    // Their engines would go on with a hole in what they learned: they start anew from the bars that are left.
    await client.query(deleteOldSnapshots(year))
    // In the order in which readers take them.
    for (const table of ['bars', 'verdicts']) await client.query(`drop table ${table}_${year}`)
    await client.query('delete from rollups where open_time >= $1 and open_time < $2', [start(year), start(year + 1)])
    await client.query('delete from episodes where end_time >= $1 and end_time < $2', [start(year), start(year + 1)])
    dropped.push(...new Set(its.map(one => one.year)))
  }
  if (dropped.length > 0) {
    await client.query(trimKept, [dropped])
    for (const deletion of deleteUnneeded) await client.query(deletion)
  }
  return dropped.sort((a, b) => a - b)
}

const insertDropped = (year: number) => `
  insert into dropped_years (market, interval, year, after_beginning)
  select market, interval, extract(year from open_time at time zone 'UTC') as calendar_year,
    (select coalesce(max(id), 0) from beginnings)
  from bars_${year} group by market, interval, calendar_year
  returning year`

const deleteOldSnapshots = (year: number) => `
  delete from snapshots using (
    select market, interval, max(open_time) as open_time from bars_${year} group by market, interval
  ) as last
  where snapshots.market = last.market and snapshots.interval = last.interval and snapshots.ts <= last.open_time`

// As many as an engine is warmed up on.
const keptBars = 5_000

const columns = 'market, interval, open_time, revision, open, high, low, close, volume, seen, after_seq'

const keepNewest = (year: number) => `
  with stream as materialized (select distinct market, interval from bars_${year}),
  oldest as materialized (
    select market, interval, coalesce((
      select open_time from bars_${year} as b
      where b.market = stream.market and b.interval = stream.interval and revision = 0
      order by open_time desc offset ${keptBars - 1} limit 1
    ), '-infinity') as open_time
    from stream
  )
  insert into kept_bars (${columns})
  select bar.* from oldest cross join lateral (
    select ${columns} from bars_${year} as b
    where b.market = oldest.market and b.interval = oldest.interval and b.open_time >= oldest.open_time
  ) as bar
  on conflict do nothing`

// Older ones than those, unless bars of the stream are left that are older still.
const trimKept = `
  with stream as materialized (select distinct market, interval from dropped_years where year = any($1)),
  old as materialized (
    select market, interval, open_time from stream cross join lateral (
      select open_time from kept_bars as b
      where b.market = stream.market and b.interval = stream.interval and revision = 0
      order by open_time desc offset ${keptBars} limit 1
    ) as first
    where not exists (
      select from bars as b
      where b.market = stream.market and b.interval = stream.interval and b.open_time < first.open_time
    )
  )
  delete from kept_bars as k using old
  where k.market = old.market and k.interval = old.interval and k.open_time <= old.open_time`

const deleteUnneeded = [
  `delete from withdrawn_bars as w where not exists (
    select from known_bars where market = w.market and interval = w.interval and open_time <= w.open_time
  )`,
  // Points from which no verdict that is left follows. Starts stay: one after a correction tells that engines of other
  // models had to go back too.
  `delete from beginnings where learned is null and state is not null and id in (
    select id from (
      select *, lead(after_seq) over (partition by market, interval, model order by after_seq, id) as next_seq
      from beginnings
    ) as b
    where next_seq is not null and not exists (
      select from verdicts as v
      where v.market = b.market and v.interval = b.interval and v.seq > b.after_seq and v.seq <= b.next_seq
        and v.model = b.model
    )
  )`,
]

const start = (year: number) => (year <= lastOldYear ? '-infinity' : rows.timestamp(Date.UTC(year, 0, 1)))

const selectYears = `
  select year from pg_inherits
  cross join lateral (select substring(inhrelid::regclass::text from '\\d+$')::integer as year) as named
  where inhparent = 'bars'::regclass and make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC') <= $1 order by year`

// Rows of a replayed past were learned recently. Warm-up rows count as learned when they happened, so they stay until a
// snapshot contains them. For a year without rows the answer is null: that partition stands ready for new rows.
const stillWanted = (year: number) => `
  select bool_or(wanted) as wanted from (
    select max(seen) >= $1 or max(open_time) >= coalesce((
      select max(ts) from snapshots where market = bar.market and interval = bar.interval
    ), '-infinity') as wanted
    from bars_${year} as bar group by market, interval
  ) as of_stream`
