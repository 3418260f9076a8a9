import type { Stream } from '@candlewatch/core/time'
import { msOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { barAt, newStream, stepAt, stepsFrom } from '../contract/store.suite.ts'
import { migrate } from './migrate.ts'
import { sql, testServer, yearsOf } from './server.suite.ts'
import { type PostgresStore, postgresStore } from './store.ts'

const server = testServer()
let url: string
let store: PostgresStore

// All streams share the partitions, so every test has a database of its own.
beforeEach(async () => {
  url = await server.newDatabase()
  await migrate(url)
  store = postgresStore(url)
  return () => store.close()
})

const all = (stream: Stream) => ({ ...stream, fromMs: null, toMs: null, limit: 10_000 })
const at = msOf
const barOf = (stream: Stream, date: string, seen: string) =>
  barAt(stream, 0, { ts: (at(date) + stream.intervalMs) as Ms, seen: at(seen) })

function stepOf(stream: Stream, date: string, seen: string) {
  const bar = barOf(stream, date, seen)
  const { verdict, episodes } = stepAt(stream, 0)
  const next = { ...verdict.next!, date: new Date(bar.ts).toISOString() }
  return { bar, verdict: { ...verdict, ts: bar.ts, date, next, id: `${stream.market}@${bar.ts}#v1` }, episodes }
}

describe('a row', () => {
  test('of any year is stored, and the partition of the next year is made', async () => {
    const stream = newStream()
    const dates = ['2011-08-18T12:00:00Z', '2021-12-31T23:00:00Z', '2022-01-01T00:00:00Z', '9997-12-31T23:00:00Z']
    for (const date of dates) await store.commit(stream, [stepOf(stream, date, date)], null)
    expect((await store.bars(all(stream))).map(bar => bar.ts - stream.intervalMs)).toEqual(dates.map(at))
    expect(await store.verdicts(all(stream))).toHaveLength(4)
    expect(await yearsOf(url, 'verdicts')).toEqual([2011, 2012, 2021, 2022, 2023, 9997, 9998])
    expect(await yearsOf(url, 'bars')).toEqual(await yearsOf(url, 'verdicts'))
  })

  test('of a new year is never lost, even if four writers write at once', async () => {
    const streams = Array.from({ length: 4 }, () => newStream())
    const others = streams.map(() => postgresStore(url))
    await Promise.all(
      streams.flatMap((stream, i) => [
        others[i]!.commit(stream, stepsFrom(stream, 0, 50), null),
        others[i]!.appendWarmUp(stream, [barOf(stream, '2015-05-05', '2015-05-06')]),
      ]),
    )
    for (const stream of streams) expect(await store.bars(all(stream))).toHaveLength(51)
    for (const other of others) await other.close()
  })
})

describe('years before 2010', () => {
  const years = Array.from({ length: 2026 - 1970 }, (_, i) => 1970 + i)
  const partitions = () =>
    sql<{ n: number }>(
      url,
      `select count(*)::integer as n from pg_inherits where inhparent in ('bars'::regclass, 'verdicts'::regclass)`,
    )

  test('share a partition, so that rows of every year since 1970 make few', async () => {
    const stream = newStream()
    await store.appendWarmUp(
      stream,
      years.map(year => barOf(stream, `${year}-06-01`, `${year}-06-02`)),
    )
    expect(await partitions()).toEqual([{ n: 2 * (2026 - 2008) }])
    const other = newStream()
    await store.commit(other, [stepOf(other, '1985-06-01T00:00:00Z', '1985-06-02')], null)
    expect(await partitions()).toEqual([{ n: 2 * (2026 - 2008) }])
    expect(await store.bars(all(stream))).toHaveLength(years.length)
  })

  test('are dropped together, each by its own number', async () => {
    const stream = newStream()
    for (const year of [1985, 1999, 2009, 2010]) {
      const step = stepOf(stream, `${year}-06-01T00:00:00Z`, `${year}-06-01T01:00:00Z`)
      await store.commit(stream, [step], { ...stream, model: 'v1', ts: step.bar.ts, state: Uint8Array.of(1) })
    }
    expect(await store.dropYears(at('2009-12-31'))).toEqual([])
    expect(await store.dropYears(at('2010-01-01'))).toEqual([1985, 1999, 2009])
    expect((await store.droppedYears(stream)).map(({ year }) => year)).toEqual([1985, 1999, 2009])
    expect(await store.bars(all(stream))).toHaveLength(1)
    expect((await store.candles({ ...all(stream), points: 5 })).candles).toHaveLength(1)
  })
})

describe('years that are dropped', () => {
  test('leave the last 5,000 bars of each stream, from which verdicts that are left can be judged again', async () => {
    const [stream, other] = [newStream(), newStream()]
    const rowsOf = ({ market }: Stream, from: string, count: number) =>
      `insert into bars (market, interval, open_time, open, high, low, close, volume, seen)
        select '${market}', '1h', '${from}'::timestamptz + n * interval '1 hour', 1, 1, 1, 1, 1, '${from}'
        from generate_series(0, ${count - 1}) as n;`
    await sql(
      url,
      `select make_partitions('2017-01-01Z', '2020-01-01Z');
      ${rowsOf(stream, '2017-01-01Z', 6_000)} ${rowsOf(stream, '2018-01-01Z', 400)} ${rowsOf(stream, '2019-01-01Z', 10)}
      ${rowsOf(other, '2017-06-01Z', 7)} ${rowsOf(other, '2019-01-01Z', 2)}
      insert into snapshots select distinct market, interval, 'm@1', '2019-06-01Z'::timestamptz, ''::bytea from bars`,
    )
    const kept = async ({ market }: Stream) => {
      const [row] = await sql<{ n: number; first: Date }>(
        url,
        `select count(*)::integer as n, min(open_time) as first from kept_bars where market = '${market}'`,
      )
      return row
    }
    expect(await store.dropYears(at('2018-06-01'))).toEqual([2017])
    expect(await kept(stream)).toEqual({ n: 5_000, first: new Date(at('2017-01-01') + 1_000 * stream.intervalMs) })
    expect(await kept(other)).toMatchObject({ n: 7 })
    expect(await store.dropYears(at('2019-02-01'))).toEqual([2018])
    expect(await kept(stream)).toEqual({ n: 5_000, first: new Date(at('2017-01-01') + 1_400 * stream.intervalMs) })
    expect(await kept(other)).toMatchObject({ n: 7 })
    const known = await store.barsKnownAt(stream, at('2019-01-01T05:00:00Z'), 9, 5_000)
    expect(known).toHaveLength(5_000)
    expect((await store.droppedYears(stream)).map(({ year }) => year)).toEqual([2017, 2018])
    expect((await store.droppedYears(other)).map(({ year }) => year)).toEqual([2017])
  })

  test('are those whose rows arrived long ago; labels and history stay, and candles match the remaining bars', async () => {
    const stream = newStream()
    for (const year of [2018, 2019, 2020, 2021]) {
      const step = stepOf(stream, `${year}-06-01T00:00:00Z`, `${year}-06-01T01:00:00Z`)
      await store.commit(stream, [step], { ...stream, model: 'v1', ts: step.bar.ts, state: Uint8Array.of(1) })
    }
    await store.appendHistory({ ...stream, name: 'a file', bars: [barAt(stream, 0)] })
    const label = {
      market: stream.market,
      interval: '1h',
      date: '2018-06-01T00:00:00Z',
      mark: 'right',
      note: '',
    } as const
    await store.saveLabel(label, 0 as Ms)
    expect(await store.dropYears(at('2020-12-31'))).toEqual([2018, 2019])
    expect(await store.dropYears(at('2020-12-31'))).toEqual([])
    expect(await yearsOf(url, 'bars')).toEqual([2020, 2021, 2022])
    expect(await yearsOf(url, 'verdicts')).toEqual([2020, 2021, 2022])
    expect(await store.bars(all(stream))).toHaveLength(2)
    expect((await store.candles({ ...all(stream), points: 5 })).candles).toHaveLength(2)
    expect(await store.streams()).toMatchObject([{ bars: 2, firstOpenMs: at('2020-06-01') }])
    expect(await store.labels(all(stream))).toHaveLength(1)
    expect(await sql(url, 'select count(*)::integer as n from history')).toEqual([{ n: 1 }])
    // And can be written again.
    await store.appendWarmUp(stream, [barOf(stream, '2018-06-01', '2018-06-02')])
    expect(await store.bars(all(stream))).toHaveLength(3)
  })

  test('do not include those of a replayed past, whose rows arrived just now', async () => {
    const stream = newStream()
    const step = stepOf(stream, '2021-06-01T00:00:00Z', '2026-11-20T00:00:00Z')
    await store.commit(stream, [step], { ...stream, model: 'v1', ts: step.bar.ts, state: Uint8Array.of(1) })
    expect(await store.dropYears(at('2026-10-21'))).toEqual([])
    expect(await store.dropYears(at('2026-12-21'))).toEqual([2021])
  })

  test('do not include those that an engine still has to learn', async () => {
    const stream = newStream()
    await store.appendWarmUp(stream, [barOf(stream, '2020-06-01', '2020-06-01')])
    expect(await store.dropYears(at('2026-01-01'))).toEqual([])
    await store.saveSnapshot({ ...stream, model: 'v1', ts: at('2020-06-01T01:00:00Z'), state: Uint8Array.of(1) })
    expect(await store.dropYears(at('2026-01-01'))).toEqual([2020])
  })

  test('do not wait long: if a reader takes minutes, they stay until the next time', async () => {
    const stream = newStream()
    await store.commit(stream, [stepOf(stream, '2020-06-01T00:00:00Z', '2020-06-01T01:00:00Z')], null)
    await store.saveSnapshot({ ...stream, model: 'v1', ts: at('2020-06-01T01:00:00Z'), state: Uint8Array.of(1) })
    const reader = new pg.Client(url)
    await reader.connect()
    await reader.query('begin; select from bars')
    await expect(store.dropYears(at('2026-01-01'))).rejects.toMatchObject({ code: 'ERR_DATABASE_REFUSED' })
    await reader.end()
    expect(await store.dropYears(at('2026-01-01'))).toEqual([2020])
  })
})
