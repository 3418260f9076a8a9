import { formatInterval, parseInterval } from '@candlewatch/core/interval'
import pg from 'pg'
import type { AllAccepted } from './accepted.ts'

/** Queries that each find rows that must not exist. */
const forbidden: Readonly<Record<string, string>> = {
  'bars that cannot be': `
    select * from bars where not (low > 0 and high < 'Infinity' and open between low and high and close between low and high
      and volume >= 0 and volume < 'Infinity')`,
  'verdicts without their bar': `
    select id from verdicts left join bars using (market, interval, open_time, revision)
    where bars.seen is null and not exists (
      select from withdrawn_bars as w where w.market = verdicts.market and w.interval = verdicts.interval
        and w.open_time = verdicts.open_time and verdicts.withdrawn_by is not null)`,
  // Rows before the first verdict of a stream were its warm-up.
  'bars without a standing verdict, or with two': `
    select market, interval, open_time, count(seq) from (select distinct market, interval, open_time from bars) as bar
    left join (select * from verdicts where withdrawn_by is null) as standing using (market, interval, open_time)
    where open_time >= (
      select min(open_time) from verdicts where market = bar.market and interval = bar.interval
    )
    group by market, interval, open_time having count(seq) <> 1`,
  'revisions with a number left out': `
    select market, interval, open_time from bars group by market, interval, open_time having max(revision) <> count(*) - 1`,
  'revisions without their correction': `
    select market, interval, open_time, revision from bars where revision > 0
    except select market, interval, open_time, revision from corrections`,
  // The first verdict after a correction is of the bar corrected; a bar that was withdrawn is followed by an earlier one.
  'verdicts committed after those of later bars': `
    select id, seq from (
      select *, lag(open_time) over (partition by market, interval order by seq) as before from verdicts
      where withdrawn_by is null or not exists (
        select from corrections where id = withdrawn_by and kind = 'withdrawn' and open_time = verdicts.open_time)
    ) as verdict
    where open_time <= before and not exists (
      select from corrections as c where c.market = verdict.market and c.interval = verdict.interval
        and c.open_time = verdict.open_time and c.revision = verdict.revision and c.after_seq < verdict.seq)`,
  'corrections that withdrew another number than they say': `
    select id from corrections where withdrawn <> (select count(*) from verdicts where withdrawn_by = corrections.id)`,
  // An engine that begins anew, for a corrected bar or after another warm-up, makes its own first forecast. A bar that comes at
  // another time than expected is judged by a forecast for that time.
  'verdicts by another forecast than the one made before': `
    select id from (
      select *, lag(body) over (partition by market, interval order by open_time) as before from verdicts where withdrawn_by is null
    ) as verdict
    where before is not null and body->>'high' is not null and revision = 0 and before->'next'->>'date' = body->>'date'
      and before->'next'->'high'->>'expected' is distinct from body->'high'->>'expected'
      and not exists (
        select from beginnings as b where b.market = verdict.market and b.interval = verdict.interval and b.ts = verdict.open_time
      )`,
  'stored candles that differ from their bars': `
    select r.market, r.interval, r.width, r.open_time from rollups as r cross join lateral (
      select count(*) as bars, max(high) as high, min(low) as low from (
        select distinct on (open_time) high, low from bars
        where market = r.market and interval = r.interval and open_time >= r.open_time and open_time < r.open_time + r.width
        order by open_time, revision desc
      ) as bar
    ) as made
    where (r.bars, r.high, r.low) is distinct from (made.bars, made.high, made.low)`,
  'verdicts with a number that is none': `
    select id from verdicts where body->'next'->>'high' like '%null%' or body->'next'->>'low' like '%null%'
      or body->'next'->>'volume' like '%null%' or body->'next'->>'range' like '%null%' or body->'next'->>'close' like '%null%'`,
}

/** Returns what is wrong in the database, and what differs from the answers. Empty if nothing is wrong. */
export async function brokenInvariants(url: string, accepted: readonly AllAccepted[]): Promise<string[]> {
  return withClient(url, async client => [
    ...(await forbiddenIn(client)),
    ...(await misplaced(client)),
    ...(await different(client, accepted)),
  ])
}

/** Returns what is in the database and must not be. */
export async function forbiddenRows(url: string): Promise<string[]> {
  return withClient(url, forbiddenIn)
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function forbiddenIn(client: pg.Client): Promise<string[]> {
  const found: string[] = []
  for (const [what, sql] of Object.entries(forbidden)) {
    const { rows } = await client.query(sql)
    if (rows.length > 0) found.push(`${rows.length} ${what}, as ${JSON.stringify(rows[0])}`)
  }
  return found
}

async function misplaced(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ interval: string }>('select distinct interval from bars')
  const found: string[] = []
  for (const { interval } of rows) {
    const ms = parseInterval(interval)
    if (ms === null || formatInterval(ms) !== interval) found.push(`an interval that is none: ${interval}`)
    const sql =
      'select open_time from bars where interval = $1 and mod((extract(epoch from open_time) * 1000)::bigint, $2) <> 0'
    const off = await client.query(sql, [interval, ms])
    if (off.rows.length > 0) found.push(`${off.rows.length} bars of ${interval} that open off the grid`)
  }
  return found
}

interface StoredRow {
  readonly market: string
  readonly interval: string
  readonly open_time: Date
}

/** Checks that exactly the rows that were answered are stored, as they were posted. */
async function different(client: pg.Client, accepted: readonly AllAccepted[]): Promise<string[]> {
  const expected = new Map<string, string>()
  for (const { streams } of accepted) {
    for (const { market, interval, rows } of streams.values()) {
      for (const [date, { open, high, low, close, volume }] of rows) {
        expected.set(`${market} ${interval} ${Date.parse(date)}`, [open, high, low, close, volume].join())
      }
    }
  }
  const { rows } = await client.query<StoredRow & Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>(`
    select distinct on (market, interval, open_time) * from bars order by market, interval, open_time, revision desc`)
  const found: string[] = []
  for (const { market, interval, open_time, open, high, low, close, volume } of rows) {
    const key = `${market} ${interval} ${open_time.getTime()}`
    const stored = [open, high, low, close, volume].join()
    const answered = expected.get(key)
    if (answered === undefined) found.push(`stored but never answered: ${key}`)
    else if (answered !== stored) found.push(`${key} was answered as ${answered}, and is stored as ${stored}`)
    expected.delete(key)
  }
  for (const key of expected.keys()) found.push(`answered but not stored: ${key}`)
  return found.length > 20 ? [...found.slice(0, 20), `and ${found.length - 20} more`] : found
}
