import { inspect } from 'node:util'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { barsFrom, newStream, stepsFrom, storeContract } from '../contract/store.suite.ts'
import { migrate } from './migrate.ts'
import { sql, testServer } from './server.suite.ts'
import { postgresStore } from './store.ts'

const server = testServer()

beforeAll(() => migrate(server.url()))

storeContract('the store in PostgreSQL', async () => postgresStore(server.url()))

test('a commit whose last write fails writes nothing', async () => {
  const store = postgresStore(server.url())
  const stream = newStream()
  const snapshot = { ...stream, model: 'v1', ts: stepsFrom(stream, 0, 1)[0]!.bar.ts, state: Uint8Array.of(1) }
  await sql(server.url(), `alter table snapshots add constraint broken check (market <> '${stream.market}')`)
  await expect(store.commit(stream, stepsFrom(stream, 0, 3), snapshot)).rejects.toThrow('broken')
  await sql(server.url(), 'alter table snapshots drop constraint broken')
  for (const table of ['bars', 'verdicts']) {
    expect(await sql(server.url(), `select * from ${table} where market = '${stream.market}'`)).toEqual([])
  }
  expect(await store.commit(stream, stepsFrom(stream, 0, 3), snapshot)).toHaveLength(3)
  await store.close()
})

test('a correction is stored as another revision, and the corrected bar is read', async () => {
  const store = postgresStore(server.url())
  const stream = newStream()
  const bars = barsFrom(stream, 0, 3)
  await store.appendWarmUp(stream, bars)
  await sql(
    server.url(),
    `insert into bars select market, interval, open_time, 1, open, high + 1, low, close, volume, seen
    from bars where market = '${stream.market}' and close = ${bars[1]!.close}`,
  )
  const corrected = [bars[0], { ...bars[1]!, high: bars[1]!.high + 1 }, bars[2]]
  expect(await store.bars({ ...stream, fromMs: null, toMs: null, limit: 10 })).toEqual(corrected)
  expect((await store.known(stream, [bars[1]!.ts])).get(bars[1]!.ts)?.bar).toEqual(corrected[1])
  const listed = (await store.streams()).find(({ market }) => market === stream.market)
  expect(listed?.bars).toBe(3)
  await store.close()
})

describe('a database that does not answer', () => {
  const url = () => {
    const gone = new URL(server.url())
    gone.port = '1'
    return gone.href
  }

  test('is reported as unreachable, with its address but without the password', async () => {
    const store = postgresStore(url())
    const error = await store.ping().catch(caught => caught)
    expect(error).toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE', cause: { code: 'ECONNREFUSED' } })
    expect(error.message).toContain('127.0.0.1:1/candlewatch')
    expect(error.message).not.toContain(new URL(server.url()).password)
    const mistyped = postgresStore('postgres://candlewatch:secret@localhost:port/x')
    const mistake = await mistyped.ping().catch(caught => caught)
    expect(mistake).toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE' })
    expect(inspect(mistake)).not.toContain('secret')
    await expect(migrate(url())).rejects.toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE' })
    await store.close()
  })

  test('refuses a wrong password', async () => {
    const wrong = new URL(server.url())
    wrong.password = 'wrong'
    const store = postgresStore(wrong.href)
    await expect(store.ping()).rejects.toMatchObject({ code: 'ERR_DATABASE_UNREACHABLE', cause: { code: '28P01' } })
    await store.close()
  })

  test('fails a commit that is under way, which writes nothing, and the process continues', async () => {
    const store = postgresStore(server.url())
    const stream = newStream()
    const holder = new pg.Client(server.url())
    await holder.connect()
    await holder.query('begin; lock table bars')
    const failure = expect(store.commit(stream, stepsFrom(stream, 0, 3), null)).rejects.toMatchObject({
      code: 'ERR_DATABASE_UNREACHABLE',
      cause: { code: '57P01' },
    })
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'`
    await expect.poll(async () => (await sql(server.url(), cut)).length).toBe(1)
    await failure
    await holder.end()
    expect(await store.bars({ ...stream, fromMs: null, toMs: null, limit: 10 })).toEqual([])
    await store.close()
  })

  test('does not end the process by cutting idle connections', async () => {
    const store = postgresStore(server.url())
    await store.ping()
    await sql(
      server.url(),
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state = 'idle'`,
    )
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
  await sql(
    server.url(),
    `create schema past; create function past.current_setting(name text) returns text language sql
    as $$ select case name when 'server_version_num' then '140023' else '14.23' end $$`,
  )
  const past = `${server.url()}?options=-csearch_path%3Dpast,pg_catalog,public`
  const store = postgresStore(past)
  const error = await store.ping().catch(caught => caught)
  expect(error).toMatchObject({ code: 'ERR_DATABASE_VERSION' })
  expect(error.message).toContain('found 14.23')
  await expect(migrate(past)).rejects.toMatchObject({ code: 'ERR_DATABASE_VERSION' })
  await store.close()
})

describe('a stream that is taken over', () => {
  test('goes to its new owner when the write of the former one that is under way has ended', async () => {
    const store = postgresStore(server.url())
    const stream = newStream()
    const former = await store.register({ address: null, key: '' }, 60_000)
    const next = await store.register({ address: null, key: '' }, 60_000)
    await store.claim(stream, former)
    const holder = new pg.Client(server.url())
    await holder.connect()
    await holder.query('begin; lock table rollups')
    const writing = store.writesOf(former).commit(stream, stepsFrom(stream, 0, 1), null)
    const blocked = `select from pg_stat_activity where wait_event_type = 'Lock'`
    await expect.poll(async () => (await sql(server.url(), blocked)).length).toBe(1)
    await store.leave(former)
    const taking = store.claim(stream, next)
    await expect.poll(async () => (await sql(server.url(), blocked)).length).toBe(2)
    await holder.end()
    const [seqs, owner] = await Promise.all([writing, taking])
    expect(seqs).toHaveLength(1)
    expect(owner).toBe(next)
    await expect(store.writesOf(former).commit(stream, stepsFrom(stream, 1, 2), null)).rejects.toMatchObject({
      code: 'ERR_STREAM_MOVED',
    })
    await store.close()
  })

  test('is written together with others, of which only it is refused', async () => {
    const store = postgresStore(server.url())
    const [kept, taken] = [newStream(), newStream()]
    const former = await store.register({ address: null, key: '' }, 60_000)
    for (const stream of [kept, taken]) await store.claim(stream, former)
    await sql(server.url(), `update stream_owners set epoch = 0 where market = '${taken.market}'`)
    const { commit } = store.writesOf(former)
    const results = await Promise.allSettled([
      commit(newStream(), [], null),
      commit(kept, stepsFrom(kept, 0, 2), null),
      commit(taken, stepsFrom(taken, 0, 2), null),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(results[2]).toMatchObject({ reason: { code: 'ERR_STREAM_MOVED' } })
    await store.close()
  })
})

test('notices reach every process that listens, also after its connection was cut', async () => {
  const [one, other] = [postgresStore(server.url()), postgresStore(server.url())]
  const heard: string[] = []
  let missed = 0
  other.listen({ received: text => void heard.push(text), missed: () => void missed++ })
  const epoch = await other.register({ address: null, key: '' }, 60_000)
  const renew = () => other.renew({ epoch, address: null }, 60_000)
  await renew()
  expect(missed).toBe(1)
  await one.notify(['first', 'second “quoted”'])
  await expect.poll(() => heard).toEqual(['first', 'second “quoted”'])
  await sql(
    server.url(),
    `select pg_terminate_backend(pid) from pg_stat_activity where query like '%renew_process%' and pid <> pg_backend_pid()`,
  )
  await expect
    .poll(() =>
      renew().then(
        () => missed,
        () => missed,
      ),
    )
    .toBe(2)
  await one.notify(['third'])
  await expect.poll(() => heard.at(-1)).toBe('third')
  await Promise.all([one.close(), other.close()])
})
