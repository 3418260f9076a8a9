import pg from 'pg'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { tcpProxy } from '../../processes/tcp-proxy.ts'
import { newStream, stepsFrom } from '../contract/store.suite.ts'
import { migrate } from './migrate.ts'
import { sql, testServer } from './server.suite.ts'
import { postgresStore } from './store.ts'

const server = testServer()

beforeAll(() => migrate(server.url()))

const unreachable = { code: 'ERR_DATABASE_UNREACHABLE' }
const refused = { code: 'ERR_DATABASE_REFUSED' }

test('a commit whose answer never comes fails alone: others get through meanwhile, and it is stored', async () => {
  const proxy = await tcpProxy(server.url())
  onTestFinished(proxy.close)
  const store = postgresStore(proxy.url, { commitPatienceMs: 3_000 })
  onTestFinished(() => store.close())
  const [lost, other] = [newStream(), newStream()]
  await store.commit(other, stepsFrom(other, 0, 1), null)

  proxy.rule({ kind: 'silent', asked: new RegExp(lost.market) })
  let isOver = false
  const commit = store.commit(lost, stepsFrom(lost, 0, 2), null).finally(() => {
    isOver = true
  })
  const failure = expect(commit).rejects.toMatchObject(unreachable)
  await store.commit(other, stepsFrom(other, 1, 2), null)
  await store.commit(other, stepsFrom(other, 2, 3), null)
  expect(isOver).toBe(false)
  await failure
  await expect(store.ping()).rejects.toMatchObject(unreachable)
  proxy.rule({ kind: 'pass' })
  expect(await store.settledAfter(lost, 0, 9)).toHaveLength(2)
  await expect(store.commit(lost, stepsFrom(lost, 0, 2), null)).rejects.toMatchObject({ code: 'ERR_STEP_NOT_NEW' })
  await store.commit(lost, stepsFrom(lost, 2, 3), null)
  await store.ping()
})

test('a read whose answer never comes fails, and the next one uses another connection', async () => {
  const proxy = await tcpProxy(server.url())
  onTestFinished(proxy.close)
  const store = postgresStore(proxy.url, { patienceMs: 500 })
  onTestFinished(() => store.close())
  await store.streams()
  proxy.rule({ kind: 'silent', asked: /rollups/ })
  await expect(store.streams()).rejects.toMatchObject(unreachable)
  proxy.rule({ kind: 'pass' })
  await store.streams()
})

test('while a table is locked elsewhere, commits fail in time, nothing of them is stored, and ping fails', async () => {
  const store = postgresStore(server.url(), { commitPatienceMs: 1_500 })
  onTestFinished(() => store.close())
  const stream = newStream()
  const holder = new pg.Client(server.url())
  await holder.connect()
  await holder.query('begin; lock table verdicts')
  await expect(store.commit(stream, stepsFrom(stream, 0, 2), null)).rejects.toMatchObject(refused)
  await expect(store.ping()).rejects.toMatchObject(refused)
  await holder.end()
  await store.commit(stream, stepsFrom(stream, 0, 2), null)
  await store.ping()
})

test('a read-only database refuses writes, and ping says so, while reads are answered', async () => {
  const url = await server.newDatabase()
  await migrate(url)
  await sql(server.url(), `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`)
  const store = postgresStore(url)
  onTestFinished(() => store.close())
  const stream = newStream()
  await expect(store.commit(stream, stepsFrom(stream, 0, 1), null)).rejects.toMatchObject(refused)
  await expect(store.ping()).rejects.toMatchObject(refused)
  expect(await store.streams()).toEqual([])
})

test('numbers and times are read exactly, whatever the defaults of the server are', async () => {
  const url = await server.newDatabase()
  await migrate(url)
  const name = new URL(url).pathname.slice(1)
  await sql(server.url(), `alter database ${name} set extra_float_digits = 0`)
  await sql(server.url(), `alter database ${name} set datestyle = 'SQL, DMY'`)
  await sql(server.url(), `alter database ${name} set timezone = 'Asia/Kolkata'`)
  const store = postgresStore(url)
  onTestFinished(() => store.close())
  const stream = newStream()
  const [first, second] = stepsFrom(stream, 0, 2)
  if (!first || !second) throw new Error('Expected two steps.')
  const odd = { ...first.bar, high: 101.30000000000001 }
  await store.commit(stream, [{ ...first, bar: odd }, second], null)
  expect(await store.bars({ ...stream, fromMs: null, toMs: null, limit: 9 })).toEqual([odd, second.bar])
})

test('closing does not wait for a silent connection', async () => {
  const proxy = await tcpProxy(server.url())
  onTestFinished(proxy.close)
  const store = postgresStore(proxy.url)
  await store.streams()
  await store.ping()
  proxy.rule({ kind: 'silent', asked: /./ })
  const reading = expect(store.streams()).rejects.toMatchObject(unreachable)
  await store.close()
  await reading
})
