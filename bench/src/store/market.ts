import { bucketOf, widthFor } from '@candlewatch/adapters/stores/candles'
import { rollUp } from '@candlewatch/adapters/stores/postgres/candles'
import type { Connections } from '@candlewatch/adapters/stores/postgres/connection'
import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { nth } from '@candlewatch/core/nth'
import { dayMs, minuteMs, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Step, Verdict } from '@candlewatch/core/types'

type Client = Parameters<Parameters<Connections['use']>[0]>[0]

/** The stream of the benchmark. */
export const stream: Stream = { market: 'bench:BTC-USD', intervalMs: minuteMs }

const firstOpen = Date.UTC(2007, 0, 1)
/** Returns the open of the last bar. */
export const lastOpen = (bars: number) => (firstOpen + (bars - 1) * minuteMs) as Ms
const iso = (ms: number) => new Date(ms).toISOString()
const key = `'${stream.market}', '1m'`

// Waves of several lengths: as wide as a market's rows, and soon made.
const numbers = `30000 + 9000 * sin(n / 90000.0) + 400 * sin(n / 700.0), 30090 + 9000 * sin(n / 90000.0) + 400 * sin(n / 700.0),
  29910 + 9000 * sin(n / 90000.0) + 400 * sin(n / 700.0), 30010 + 9000 * sin(n / 90000.0) + 400 * sin(n / 700.0), 7 + n % 13`

/** Writes the market's bars with their stored candles, an alarm or fault for one bar in 500, and a month of normal verdicts. */
export async function fill(client: Client, bars: number): Promise<void> {
  const [from, to] = [iso(firstOpen), iso(lastOpen(bars))]
  const open = `'${from}'::timestamptz + n * interval '1 minute'`
  await client.query('select make_partitions($1, $2)', [from, to])
  await client.query(`insert into bars (market, interval, open_time, open, high, low, close, volume, seen)
    select ${key}, ${open}, ${numbers}, ${open} from generate_series(0, ${bars - 1}) as n`)
  await client.query(`insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
    select n, ${key}, ${open}, 'bench@1', case n % 1000 when 0 then 'anomaly' when 500 then 'feed-fault' else 'normal' end,
      n % 1000 = 0, json_build_object('because', repeat('x', 1500))
    from generate_series(0, ${bars - 1}) as n where n % 500 = 0 or n >= ${bars - 43_200}`)
  // As a commit would, a year at a time.
  for (let start = firstOpen; start <= lastOpen(bars); start += 365 * dayMs) {
    const hours = Math.ceil(Math.min(365 * dayMs, lastOpen(bars) + 1 - start) / (60 * minuteMs))
    await rollUp(
      client,
      stream,
      Array.from({ length: hours }, (_, i) => (start + i * 60 * minuteMs) as Ms),
    )
  }
  await client.query('create table plain as select * from bars')
  await client.query('vacuum (analyze)')
}

/** Writes the same bars into one plain table. */
export const peer = {
  /** Replaces the table's index and returns its size. */
  async index(client: Client, kind: 'btree' | 'brin'): Promise<string> {
    await client.query('drop index if exists plain_index')
    await client.query(
      kind === 'btree'
        ? 'create unique index plain_index on plain (market, interval, open_time, revision)'
        : 'create index plain_index on plain using brin (open_time)',
    )
    await client.query('analyze plain')
    const text = `select pg_size_pretty(pg_relation_size('plain_index')) as size`
    return nth((await client.query<{ size: string }>(text)).rows, 0).size
  },
  async lastDay(client: Client, bars: number): Promise<number> {
    const text = 'select * from plain where market = $1 and interval = $2 and open_time >= $3 order by open_time'
    return (await client.query(text, [stream.market, '1m', iso(lastOpen(bars) + minuteMs - dayMs)])).rows.length
  },
  async insert(client: Client, bars: number, run: number): Promise<number> {
    const text = `insert into plain select ${key}, $1::timestamptz, 0, 1, 1, 1, 1, 1, now() on conflict do nothing`
    return (await client.query(text, [iso(lastOpen(bars) + (run + 2) * minuteMs)])).rowCount ?? 0
  },
}

/** Reads candles without stored candles. */
export async function plainCandles(
  client: Client,
  range: Stream & { readonly fromMs: Ms },
  points: number,
  last: Ms,
): Promise<number> {
  const width = widthFor(range.intervalMs, range.fromMs, last, points)
  const text = `
    select date_bin($3::interval, open_time, 'epoch') as bucket, (array_agg(open order by open_time))[1] as open,
      max(high) as high, min(low) as low, (array_agg(close order by open_time desc))[1] as close, sum(volume) as volume
    from plain where market = $1 and interval = $2 and open_time >= $4 group by bucket order by bucket`
  const values = [range.market, '1m', `${width} milliseconds`, iso(bucketOf(range.fromMs, width))]
  return (await client.query(text, values)).rows.length
}

/** Reads the coverage and the gaps; every bar is read. */
export async function plainCoverage(client: Client, points: number, last: Ms): Promise<number> {
  const width = `${widthFor(stream.intervalMs, firstOpen as Ms, last, points)} milliseconds`
  const gaps = `
    select before, open_time from (
      select open_time, lag(open_time) over (order by open_time) as before from plain where market = $1 and interval = $2
    ) as pair where open_time - before > interval '1 minute' order by open_time desc limit 100`
  await client.query(gaps, [stream.market, '1m'])
  const counts = `
    select date_bin($3::interval, open_time, 'epoch') as bucket, count(*) from plain
    where market = $1 and interval = $2 group by bucket order by bucket`
  return (await client.query(counts, [stream.market, '1m', width])).rows.length
}

/** Makes a judged bar after the last one, another one in each run. */
export function stepAfter(bars: number, run: number): Step {
  const ts = (lastOpen(bars) + (run + 3) * minuteMs) as Ms
  const prices = { open: 30_000, high: 30_010, low: 29_990, close: 30_000, volume: 7 }
  const bar: Bar = { market: stream.market, ts, seen: ts, ...prices }
  const range = { expected: 30_000, lower: 29_900, upper: 30_100 }
  const forecast = { ...range, baseline: 30_000, model: 30_000 }
  const change: Partial<Verdict> = {
    reason: { code: 'within-range', high: 30_010, low: 29_990 },
    next: { date: iso(ts), by: 'model', high: forecast, low: forecast, close: range, volume: range, range },
  }
  const verdict = exampleVerdict(bar, change, stream.intervalMs)
  return { bar, verdict, episodes: [] }
}
