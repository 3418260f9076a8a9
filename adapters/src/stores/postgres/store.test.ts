import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barsFrom, newStream, stepsFrom, storeContract } from '../contract/store.suite.ts'
import { type Embedded, startEmbedded } from '../embedded/embedded.ts'
import { migrate, migrationsFolder } from './migrate.ts'
import { postgresStore } from './store.ts'

let folder: string
let server: Embedded

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-store-'))
  await chmod(folder, 0o755)
  server = await startEmbedded({ dataDir: join(folder, 'db') })
  await Promise.all([migrate(server.url), migrate(server.url), migrate(server.url)])
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

storeContract('the store in PostgreSQL', async () => postgresStore(server.url))

async function sql<Row extends pg.QueryResultRow>(text: string, url = server.url): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

test('migrations: a second start finds nothing to do', async () => {
  await migrate(server.url)
  expect(await sql('select name from migrations')).toEqual(
    (await readdir(migrationsFolder)).sort().map(file => ({ name: file.replace('.sql', '') })),
  )
})

test('migrations: a step that arrives after a later one is still made', async () => {
  await sql('create database late')
  const late = server.url.replace(/\/\w+$/, '/late')
  await migrate(late)
  const inLate = (text: string) => sql(text, late)
  await inLate(`drop table api_sessions, api_keys; update migrations set name = '9999_later' where name like '0008%'`)
  await migrate(late)
  expect(await inLate('select * from api_keys')).toEqual([])
})

test('a commit whose last write fails has written nothing', async () => {
  const store = postgresStore(server.url)
  const stream = newStream()
  const snapshot = { ...stream, model: 'v1', ts: stepsFrom(stream, 0, 1)[0]!.bar.ts, state: Uint8Array.of(1) }
  await sql(`alter table snapshots add constraint broken check (market <> '${stream.market}')`)
  await expect(store.commit(stream, stepsFrom(stream, 0, 3), snapshot)).rejects.toThrow('broken')
  await sql('alter table snapshots drop constraint broken')
  for (const table of ['bars', 'verdicts', 'forecasts']) {
    expect(await sql(`select * from ${table} where market = '${stream.market}'`)).toEqual([])
  }
  expect(await store.commit(stream, stepsFrom(stream, 0, 3), snapshot)).toHaveLength(3)
  await store.close()
})

test('a commit keeps the forecast of the bar that follows, and a later one does not change it', async () => {
  const store = postgresStore(server.url)
  const stream = newStream()
  const [step] = stepsFrom(stream, 0, 1)
  await store.commit(stream, [step!], null)
  const next = { ...step!.verdict.next!, high: { expected: 1, lower: 1, upper: 1, baseline: 1, model: 1 } }
  await store.commit(stream, [{ ...step!, verdict: { ...step!.verdict, id: 'other', next } }], null)
  const found = await sql(`select * from forecasts where market = '${stream.market}'`)
  expect(found).toMatchObject([
    { open_time: new Date(step!.bar.ts), model: 'test@v1', high_expected: 101, high_lower: 99, low_baseline: 100 },
  ])
  await store.close()
})

test('a correction, kept as a further revision, is the bar that is read', async () => {
  const store = postgresStore(server.url)
  const stream = newStream()
  const bars = barsFrom(stream, 0, 3)
  await store.appendWarmUp(stream, bars)
  await sql(`insert into bars select market, interval, open_time, 1, open, high + 1, low, close, volume, seen
    from bars where market = '${stream.market}' and close = ${bars[1]!.close}`)
  const corrected = [bars[0], { ...bars[1]!, high: bars[1]!.high + 1 }, bars[2]]
  expect(await store.bars({ ...stream, fromMs: null, toMs: null, limit: 10 })).toEqual(corrected)
  expect((await store.known(stream, [bars[1]!.ts])).get(bars[1]!.ts)?.bar).toEqual(corrected[1])
  const listed = (await store.streams()).find(({ market }) => market === stream.market)
  expect(listed?.bars).toBe(3)
  await store.close()
})

describe('a database that does not answer', () => {
  const url = () => {
    const gone = new URL(server.url)
    gone.port = '1'
    return gone.href
  }

  test('is unreachable, and the message names its address but no password', async () => {
    const store = postgresStore(url())
    const error = await store.ping().catch(caught => caught)
    expect(error).toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE', cause: { code: 'ECONNREFUSED' } })
    expect(error.message).toContain('127.0.0.1:1/postgres')
    expect(error.message).not.toContain(new URL(server.url).password)
    const mistyped = postgresStore('postgres://candlewatch:secret@localhost:port/x')
    const mistake = await mistyped.ping().catch(caught => caught)
    expect(mistake).toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE' })
    expect(inspect(mistake)).not.toContain('secret')
    await expect(migrate(url())).rejects.toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE' })
    await store.close()
  })

  test('refuses a wrong password', async () => {
    const wrong = new URL(server.url)
    wrong.password = 'wrong'
    const store = postgresStore(wrong.href)
    await expect(store.lastSeq()).rejects.toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE', cause: { code: '28P01' } })
    await store.close()
  })

  test('in the middle of a commit: the commit fails, the process goes on, nothing was written', async () => {
    const store = postgresStore(server.url)
    const stream = newStream()
    const holder = new pg.Client(server.url)
    await holder.connect()
    await holder.query('begin; lock table bars')
    const failure = expect(store.commit(stream, stepsFrom(stream, 0, 3), null)).rejects.toMatchObject({
      code: 'ERR_DATABASE_UNREACHABLE',
      cause: { code: '57P01' },
    })
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'`
    await expect.poll(async () => (await sql(cut)).length).toBe(1)
    await failure
    await holder.end()
    expect(await store.bars({ ...stream, fromMs: null, toMs: null, limit: 10 })).toEqual([])
    await store.close()
  })

  test('comes back: idle connections that were cut do not end the process', async () => {
    const store = postgresStore(server.url)
    await store.ping()
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state = 'idle'`)
    await expect
      .poll(() =>
        store.ping().then(
          () => 'answers',
          error => error.code,
        ),
      )
      .toBe('answers')
    await store.close()
    await store.close()
  })
})

test('a server older than PostgreSQL 15 is refused by name', async () => {
  // A schema looked at before the system's own answers in its place.
  await sql(`create schema past; create function past.current_setting(name text) returns text language sql
    as $$ select case name when 'server_version_num' then '140023' else '14.23' end $$`)
  const past = `${server.url}?options=-csearch_path%3Dpast,pg_catalog,public`
  const store = postgresStore(past)
  const error = await store.ping().catch(caught => caught)
  expect(error).toMatchObject({ code: 'ERR_DATABASE_VERSION' })
  expect(error.message).toContain('found 14.23')
  await expect(migrate(past)).rejects.toMatchObject({ code: 'ERR_DATABASE_VERSION' })
  await store.close()
})
