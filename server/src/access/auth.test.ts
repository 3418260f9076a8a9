import { CandlewatchError } from '@candlewatch/core/errors'
import { expect, test } from 'vitest'
import { eventsOf, jsonOf, rowAt, serving } from '../serving.suite.ts'
import { keyed } from './keyed.suite.ts'
import { scopeOf } from './route-scope.ts'

interface Document {
  readonly paths: Record<string, Record<string, { security?: Record<string, string[]>[]; responses: object }>>
}

const callsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, calls]) =>
    Object.entries(calls).map(([method, call]) => ({ method: method.toUpperCase(), path, ...call })),
  )

test('every documented call requires a key, except those that are documented as public', async () => {
  const { ask } = await keyed()
  const calls = callsOf(await jsonOf<Document>(ask('GET', '/openapi.json', 'read')))
  const open = calls.filter(({ security }) => security?.length === 0)
  expect(new Set(open.map(({ path }) => path))).toEqual(new Set(['/api/session', '/healthz', '/readyz']))
  for (const { method, path } of calls.filter(call => !open.includes(call))) {
    const response = await ask(method, path.replaceAll(/[{}]/g, ''), null)
    expect([method, path, response.status]).toEqual([method, path, 401])
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="candlewatch"')
    expect(await jsonOf(response)).toMatchObject({ code: 'ERR_KEY_REQUIRED' })
  }
})

test('every documented call refuses a key of a lesser scope and accepts one of its own scope', async () => {
  const { ask } = await keyed()
  const order = ['read', 'ingest', 'admin'] as const
  const calls = callsOf(await jsonOf<Document>(ask('GET', '/openapi.json', 'read')))
  for (const { method, path, security } of calls.filter(call => call.path !== '/api/stream' && call.security?.length)) {
    const needed = order.findIndex(one => security?.[0]?.key?.includes(one))
    for (const [rank, scope] of order.entries()) {
      const body = method === 'GET' ? undefined : []
      const { status } = await ask(method, path.replaceAll(/[{}]/g, ''), scope, body)
      expect([method, path, scope, status === 403], `${status}`).toEqual([method, path, scope, rank < needed])
      expect(status).not.toBe(401)
    }
  }
})

test('an undocumented call is for admins, or at least requires a key', () => {
  expect(scopeOf('DELETE', '/api/bars')).toBe('admin')
  expect(scopeOf('PURGE', '/healthz/more')).toBe('admin')
  expect(scopeOf('POST', '/api/labels/all')).toBe('admin')
  expect(scopeOf('GET', '/new')).toBe('read')
  expect(scopeOf('POST', '/PREDICT_ANOMALY/')).toBe('ingest')
})

test.each([
  '/metrics',
  '/docs/',
  '/openapi.json',
  '/API/BARS',
  '/api/bars/',
  '//api/bars',
  '/api/../api/bars',
  '/%61pi/bars',
])('GET %s without a key is answered with 401, however it is written', async path => {
  const { ask } = await keyed()
  expect((await ask('GET', path, null)).status).toBe(401)
})

test('the page, /healthz and /readyz require no key', async () => {
  const { ask } = await keyed()
  expect((await ask('GET', '/', null)).status).toBe(503) // Not built here, but not refused either.
  expect((await ask('GET', '/healthz', null)).status).toBe(200)
  expect((await ask('GET', '/readyz', null)).status).toBe(200)
})

test.each([
  ['an unknown one', `cw_000000000000_${'0'.repeat(64)}`],
  ['none of ours', 'hunter2'],
  ['nothing', ''],
  ['SQL', "' or 1=1; --"],
])('a key that is %s is answered with 401, and the answer does not repeat it', async (_what, text) => {
  const { ask } = await keyed()
  const response = await ask('GET', '/api/bars', null, undefined, { authorization: `Bearer ${text}` })
  const answer = await response.text()
  expect(response.status).toBe(401)
  expect(answer).toContain('ERR_KEY_INVALID')
  if (text !== '') expect(answer).not.toContain(text)
})

test('a key in the address is not accepted, because addresses end up in logs', async () => {
  const { ask, texts } = await keyed()
  for (const name of ['key', 'api_key', 'access_token', 'authorization']) {
    expect((await ask('GET', `/api/bars?${name}=${texts.admin}`, null)).status).toBe(401)
  }
})

test('a row is posted with an ingest key, and a stream is read with a read key', async () => {
  const { ask, url, texts } = await keyed()
  const headers = { authorization: `Bearer ${texts.read}` }
  const events = await eventsOf(
    `${url}/api/stream`,
    all => all.some(({ event }) => event === 'verdict'),
    () => ask('POST', '/predict_anomaly', 'ingest', rowAt(0)),
    headers,
  )
  expect(events.map(({ event }) => event)).toContain('verdict')
})

test('a stream ends when its key is revoked or its session signed out, and no other does', async () => {
  const { url, store, texts, signIn, nowMs, ask } = await keyed({ streamCheckMs: 5 })
  const open = (headers: Record<string, string>) => eventsOf(`${url}/api/stream`, () => false, undefined, headers)
  const { cookie } = await signIn('read')
  let isOver = false
  const [bySession, byKey] = [open({ cookie }), open({ authorization: `Bearer ${texts.ingest}` })]
  const other = open({ authorization: `Bearer ${texts.admin}` }).then(() => {
    isOver = true
  })
  await ask('DELETE', '/api/session', null, undefined, { cookie })
  await bySession
  await store.revokeKey(texts.ingest.split('_')[1]!, nowMs.value)
  nowMs.value = (nowMs.value + 1_000) as typeof nowMs.value
  await byKey
  expect(isOver).toBe(false)
  await store.revokeKey(texts.admin.split('_')[1]!, nowMs.value)
  nowMs.value = (nowMs.value + 1_000) as typeof nowMs.value
  await other
})

test('the key is checked before the body is read', async () => {
  const { ask } = await keyed()
  const rows = Array.from({ length: 20_000 }, (_, i) => rowAt(i % 700))
  expect(await jsonOf(ask('POST', '/predict_anomaly', null, rows))).toMatchObject({ code: 'ERR_KEY_REQUIRED' })
})

test('without the database nobody is let in, and the answer says when to try again', async () => {
  const { ask, store } = await keyed()
  store.keys = () => Promise.reject(new CandlewatchError('ERR_DATABASE_UNREACHABLE', 'gone'))
  const response = await ask('GET', '/api/bars', 'admin')
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
})

test('where no key is required, a wrong one is ignored', async () => {
  const { url } = await serving()
  expect((await fetch(`${url}/api/bars`, { headers: { authorization: 'Bearer x' } })).status).toBe(200)
})
