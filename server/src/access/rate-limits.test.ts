import { expect, test } from 'vitest'
import { eventsOf, jsonOf, rowsFrom, serving } from '../serving.suite.ts'
import { keyed } from './keyed.suite.ts'
import { addressOf } from './rate-limits.ts'

const inTurn = async (count: number, ask: () => Promise<Response>) => {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await ask()).status)
  return statuses
}

test('too many requests with one key are answered with 429 and a time to try again; another key is not affected', async () => {
  const { ask, nowMs } = await keyed({ limits: { perKey: 3 } })
  expect(await inTurn(3, () => ask('GET', '/api/bars', 'read'))).toEqual([200, 200, 200])
  const refused = await ask('GET', '/api/bars', 'read')
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await jsonOf(refused)).toMatchObject({ status: 429, code: 'ERR_RATE_LIMITED' })
  expect((await ask('GET', '/api/bars', 'admin')).status).toBe(200)
  nowMs.value = (nowMs.value + 60_000) as typeof nowMs.value
  expect((await ask('GET', '/api/bars', 'read')).status).toBe(200)
})

test('the sessions of a key count towards its limit', async () => {
  const { ask, signIn } = await keyed({ limits: { perKey: 2 } })
  const { cookie } = await signIn('read')
  expect(await inTurn(2, () => ask('GET', '/api/bars', null, undefined, { cookie }))).toEqual([200, 200])
  expect((await ask('GET', '/api/bars', 'read')).status).toBe(429)
})

test('too many requests from one address are answered with 429, with a key or without', async () => {
  const { ask } = await keyed({ limits: { perAddress: 4 } })
  expect(await inTurn(2, () => ask('GET', '/api/bars', 'admin'))).toEqual([200, 200])
  expect(await inTurn(3, () => ask('GET', '/api/bars', null))).toEqual([401, 401, 429])
  expect((await ask('GET', '/api/bars', 'admin')).status).toBe(429)
})

test('a caller cannot choose its address, except through a trusted proxy', async () => {
  const from = (i: number) => ({ 'x-forwarded-for': `203.0.113.${i}` })
  const lying = await keyed({ limits: { perAddress: 2 } })
  let i = 0
  expect(await inTurn(3, () => lying.ask('GET', '/api/bars', 'read', undefined, from(i++)))).toEqual([200, 200, 429])
  const proxied = await keyed({ limits: { perAddress: 2 }, trustProxy: ['127.0.0.1'] })
  expect(await inTurn(3, () => proxied.ask('GET', '/api/bars', 'read', undefined, from(i++)))).toEqual([200, 200, 200])
  expect(await inTurn(3, () => proxied.ask('GET', '/api/bars', 'read', undefined, from(0)))).toEqual([200, 200, 429])
})

test('the addresses of one IPv6 network count as one', () => {
  const of = (ip: string) => addressOf({ ip } as Parameters<typeof addressOf>[0])
  expect(of('2001:db8:1:2:3:4:5:6')).toBe(of('2001:db8:1:3:ffff::1'))
  expect(of('2001:db8:1:2::1')).not.toBe(of('2001:db8:2:2::1'))
  expect(of('192.0.2.1')).not.toBe(of('192.0.2.2'))
})

test('after a few wrong keys the address is refused for a minute, even with the right key, by header and by form', async () => {
  const { ask, texts, nowMs } = await keyed({ limits: { failedLogins: 3 } })
  const wrong = `cw_000000000000_${'0'.repeat(64)}`
  expect(await inTurn(2, () => ask('POST', '/api/session', null, { key: wrong }))).toEqual([401, 401])
  expect(await inTurn(2, () => ask('GET', '/api/bars', wrong))).toEqual([401, 429])
  const right = await ask('POST', '/api/session', null, { key: texts.admin })
  expect([right.status, right.headers.get('retry-after')]).toEqual([429, '60'])
  expect((await ask('GET', '/api/bars', 'admin')).status).toBe(429)
  nowMs.value = (nowMs.value + 60_000) as typeof nowMs.value
  expect((await ask('GET', '/api/bars', 'admin')).status).toBe(200)
})

test('a request without a key, or with an expired session, is not a failed sign-in', async () => {
  const { ask } = await keyed({ limits: { failedLogins: 1 } })
  const cookie = `cw_session=${'0'.repeat(64)}`
  expect(await inTurn(3, () => ask('GET', '/api/bars', null, undefined, { cookie }))).toEqual([401, 401, 401])
  expect((await ask('GET', '/api/bars', 'read')).status).toBe(200)
})

test('an address has a maximum of open streams, and closing one allows another', async () => {
  const { ask, url, texts } = await keyed({ limits: { streams: 2 } })
  const headers = { authorization: `Bearer ${texts.read}` }
  const stop = new AbortController()
  const open = () => fetch(`${url}/api/stream`, { headers, signal: stop.signal })
  expect([(await open()).status, (await open()).status]).toEqual([200, 200])
  const third = await ask('GET', '/api/stream', 'read')
  expect(await jsonOf(third)).toMatchObject({ status: 429, code: 'ERR_RATE_LIMITED' })
  expect(third.headers.get('retry-after')).toBe('10')
  stop.abort()
  await expect.poll(async () => await statusOfStream(url, headers)).toBe(200)
})

async function statusOfStream(url: string, headers: Record<string, string>): Promise<number> {
  const stop = new AbortController()
  const { status } = await fetch(`${url}/api/stream`, { headers, signal: stop.signal })
  stop.abort()
  return status
}

test('on a loopback nothing is limited, and hundreds of requests at once are all answered', async () => {
  const { post, get, url } = await serving()
  await post(rowsFrom(0, 5))
  const answers = await Promise.all(Array.from({ length: 300 }, () => get('/api/bars')))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(await eventsOf(`${url}/api/stream?lastEventId=0`, all => all.length >= 10)).not.toHaveLength(0)
})
