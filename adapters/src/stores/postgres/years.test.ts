import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { barAt, newStream, stepAt, stepsFrom } from '../contract/store.suite.ts'
import { type Embedded, startEmbedded } from '../embedded/embedded.ts'
import { migrate, migrationNames, migrationsFolder } from './migrate.ts'
import { type PostgresStore, postgresStore } from './store.ts'

let folder: string
let server: Embedded
let databases = 0
let url: string
let store: PostgresStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-years-'))
  await chmod(folder, 0o755)
  server = await startEmbedded({ dataDir: join(folder, 'db') })
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

// Years are shared by all streams, so every test has a database of its own.
beforeEach(async () => {
  await sql(`create database years${++databases}`, server.url)
  url = server.url.replace(/\/\w+$/, `/years${databases}`)
  store = postgresStore(url)
  return () => store.close()
})

async function sql<Row extends pg.QueryResultRow>(text: string, at = url): Promise<Row[]> {
  const client = new pg.Client(at)
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

const all = (stream: Stream) => ({ ...stream, fromMs: null, toMs: null, limit: 10_000 })
const at = (date: string) => Date.parse(date) as Ms
const barOf = (stream: Stream, date: string, seen: string) =>
  barAt(stream, 0, { ts: (at(date) + stream.intervalMs) as Ms, seen: at(seen) })

function stepOf(stream: Stream, date: string, seen: string) {
  const bar = barOf(stream, date, seen)
  const { verdict } = stepAt(stream, 0)
  const next = { ...verdict.next!, date: new Date(bar.ts).toISOString() }
  return { bar, verdict: { ...verdict, ts: bar.ts, date, next, id: `${stream.market}@${bar.ts}#v1` } }
}

async function yearsOf(table: string): Promise<number[]> {
  const found = await sql<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = '${table}'::regclass`,
  )
  return found.map(({ name }) => Number(name.replace(`${table}_`, ''))).sort((a, b) => a - b)
}

test('rows of the first tables are moved: all of them, in their order, and their candles are made', async () => {
  const early = (await migrationNames()).filter(name => name < '0006')
  for (const name of early) await sql(await readFile(join(migrationsFolder, `${name}.sql`), 'utf8'))
  await sql('create table migrations (id serial primary key, name varchar(255) not null, run_on timestamp not null)')
  await sql(`insert into migrations (name, run_on) select unnest('{${early}}'::text[]), now()`)
  const stream = newStream()
  await sql(`
    insert into bars select '${stream.market}', '1h', '2019-12-30Z'::timestamptz + n * interval '1 hour', 0,
      100 + n, 101 + n, 99 + n, 100.5 + n, 7, now() from generate_series(0, 99) as n;
    insert into bars select market, interval, open_time, 1, open, 500, low, close, volume, seen from bars where open = 110;
    insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      select 'id' || open, market, interval, open_time, 'm@1', 'normal', false, '{"n": 1.10}' from bars where revision = 0;
    insert into forecasts select market, interval, open_time, 'm@1', 1, 1, 1, 1, 1, 1, 1, 1 from bars where revision = 0;
    delete from verdicts where seq = 100`)
  await migrate(url)
  expect(await yearsOf('bars')).toEqual([2019, 2020, 2021])
  expect(await sql('select count(*)::integer as n from forecasts')).toEqual([{ n: 100 }])
  const verdicts = await store.verdictsAfter(0, 1_000)
  expect(verdicts.map(({ seq }) => seq)).toEqual(Array.from({ length: 99 }, (_, i) => i + 1))
  expect(await sql('select body::text from verdicts limit 1')).toEqual([{ body: '{"n": 1.10}' }])
  expect(await store.bars(all(stream))).toHaveLength(100)
  expect((await store.streams())[0]).toMatchObject({ bars: 100, firstOpenMs: at('2019-12-30') })
  const { candles } = await store.candles({ ...all(stream), points: 5 })
  expect(candles[0]).toMatchObject({ openMs: at('2019-12-30'), open: 100, high: 500, low: 99, close: 123.5, bars: 24 })
  const next = stepOf(stream, '2020-01-03T04:00:00Z', '2020-01-03T05:00:00Z')
  // Drawn and deleted before, 100 is not drawn again.
  expect(await store.commit(stream, [next], null)).toEqual([101])
})

describe('a row', () => {
  beforeEach(() => migrate(url))

  test('of any year is stored, and the year after stands ready', async () => {
    const stream = newStream()
    const dates = ['2011-08-18T12:00:00Z', '2021-12-31T23:00:00Z', '2022-01-01T00:00:00Z', '9997-12-31T23:00:00Z']
    for (const date of dates) await store.commit(stream, [stepOf(stream, date, date)], null)
    expect((await store.bars(all(stream))).map(bar => bar.ts - stream.intervalMs)).toEqual(dates.map(at))
    expect(await store.verdicts(all(stream))).toHaveLength(4)
    expect(await yearsOf('verdicts')).toEqual([2011, 2012, 2021, 2022, 2023, 9997, 9998, 9999])
    expect(await yearsOf('forecasts')).toEqual(await yearsOf('verdicts'))
  })

  test('of a new year, written by four at once: none is lost', async () => {
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

describe('years dropped', () => {
  beforeEach(() => migrate(url))

  test('are those whose rows came long ago; labels and history stay, and so does what a candle is made of', async () => {
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
    expect(await yearsOf('bars')).toEqual([2020, 2021, 2022])
    expect(await yearsOf('verdicts')).toEqual([2020, 2021, 2022])
    expect(await store.bars(all(stream))).toHaveLength(2)
    expect((await store.candles({ ...all(stream), points: 5 })).candles).toHaveLength(2)
    expect(await store.streams()).toMatchObject([{ bars: 2, firstOpenMs: at('2020-06-01') }])
    expect(await store.labels(all(stream))).toHaveLength(1)
    expect(await sql('select count(*)::integer as n from history')).toEqual([{ n: 1 }])
    // And can be written again.
    await store.appendWarmUp(stream, [barOf(stream, '2018-06-01', '2018-06-02')])
    expect(await store.bars(all(stream))).toHaveLength(3)
  })

  test('are not those of a replayed past: its rows came just now', async () => {
    const stream = newStream()
    const step = stepOf(stream, '2021-06-01T00:00:00Z', '2026-11-20T00:00:00Z')
    await store.commit(stream, [step], { ...stream, model: 'v1', ts: step.bar.ts, state: Uint8Array.of(1) })
    expect(await store.dropYears(at('2026-10-21'))).toEqual([])
    expect(await store.dropYears(at('2026-12-21'))).toEqual([2021])
  })

  test('are not those that an engine has still to learn', async () => {
    const stream = newStream()
    await store.appendWarmUp(stream, [barOf(stream, '2020-06-01', '2020-06-01')])
    expect(await store.dropYears(at('2026-01-01'))).toEqual([])
    await store.saveSnapshot({ ...stream, model: 'v1', ts: at('2020-06-01T01:00:00Z'), state: Uint8Array.of(1) })
    expect(await store.dropYears(at('2026-01-01'))).toEqual([2020])
  })

  test('wait for nobody long: a reader that takes minutes keeps them until the next time', async () => {
    const stream = newStream()
    await store.commit(stream, [stepOf(stream, '2020-06-01T00:00:00Z', '2020-06-01T01:00:00Z')], null)
    await store.saveSnapshot({ ...stream, model: 'v1', ts: at('2020-06-01T01:00:00Z'), state: Uint8Array.of(1) })
    const reader = new pg.Client(url)
    await reader.connect()
    await reader.query('begin; select from bars')
    await expect(store.dropYears(at('2026-01-01'))).rejects.toThrow('lock timeout')
    await reader.end()
    expect(await store.dropYears(at('2026-01-01'))).toEqual([2020])
  })
})
