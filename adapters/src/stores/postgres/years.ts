import type { Ms } from '@candlewatch/core/types'
import type pg from 'pg'
import * as rows from './rows.ts'

/** Makes missing partitions for rows of these opens. It runs in a transaction. */
export async function makeRoom(client: pg.ClientBase, opens: readonly Ms[]): Promise<void> {
  if (opens.length === 0) return
  const [first, last] = [opens.reduce((a, b) => (a < b ? a : b)), opens.reduce((a, b) => (a > b ? a : b))]
  await client.query('select make_partitions($1, $2)', [rows.timestamp(first), rows.timestamp(last)])
}

/**
 * Drops the years that ended before `before` and of which nothing was learned since then. Bars that an engine still has to
 * learn stay. Returns the years. It runs in a transaction; nothing is written meanwhile.
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
    // In the order in which readers take them.
    for (const table of ['bars', 'verdicts']) await client.query(`drop table ${table}_${year}`)
    await client.query('delete from rollups where open_time >= $1 and open_time < $2', [start(year), start(year + 1)])
    await client.query('delete from withdrawn_bars where open_time >= $1 and open_time < $2', [
      start(year),
      start(year + 1),
    ])
    await client.query('delete from episodes where end_time >= $1 and end_time < $2', [start(year), start(year + 1)])
    dropped.push(year)
  }
  return dropped
}

const start = (year: number) => rows.timestamp(Date.UTC(year, 0, 1))

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
