import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Import } from '@candlewatch/api/imports'
import type { Problem } from '@candlewatch/api/problem'
import type { VerdictAnswer } from '@candlewatch/api/verdict'

import { expect, test } from 'vitest'

import { makeKeys } from '../access/keys.ts'
import { ended, linesFrom, sendFile } from '../imports/files.suite.ts'
import { barAt, btc, jsonOf, nowMs, rowAt, rowsFrom, serving } from '../serving.suite.ts'

const bars = { market: btc.market, limit: 100 }
const stored = (url: string) =>
  jsonOf<{ bars: readonly unknown[] }>(fetch(`${url}/api/bars?market=${bars.market}&limit=${bars.limit}`))

async function twoServers() {
  const store = memoryStore()
  const [a, b] = [await serving({ store }), await serving({ store })]
  return { store, a, b }
}

test('rows sent to two servers in turn are judged by one engine, and none is missing', async () => {
  const { store, a, b } = await twoServers()
  const verdicts: VerdictAnswer[] = []
  for (let hour = 0; hour < 40; hour++) {
    const response = await (hour % 2 ? b : a).post(rowAt(hour))
    expect(response.status).toBe(200)
    verdicts.push(await jsonOf<VerdictAnswer>(response))
  }
  expect(verdicts.map(({ because }) => because.split(',')[0])).toEqual(
    Array.from({ length: 40 }, (_, i) => `step ${i + 1}`),
  )
  const written = await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 100 })
  expect(written.map(({ verdict }) => verdict.date)).toEqual(verdicts.map(({ date }) => date))
})

test('a known row gets the same answer from every server, byte for byte', async () => {
  const { a, b } = await twoServers()
  const rows = rowsFrom(0, 5)
  const first = await (await a.post(rows)).text()
  expect(await (await b.post(rows)).text()).toBe(first)
  expect(await (await a.post(rows)).text()).toBe(first)
})

test('other numbers for a known hour are refused by every server, with the position of the row', async () => {
  const { a, b } = await twoServers()
  await a.post(rowAt(0))
  const refused = await b.post([rowAt(0, { close: 100.5 }), rowAt(1)])
  expect(refused.status).toBe(409)
  expect(refused.headers.get('content-type')).toMatch(/problem\+json/)
  expect(await jsonOf<Problem>(refused)).toMatchObject({ code: 'ERR_BAR_CONFLICT', field: '[0].close' })
  const alike = await a.post([rowAt(0, { close: 100.5 }), rowAt(1)])
  const { requestId: _, ...problem } = await jsonOf<Problem>(alike)
  expect(await jsonOf<Problem>(b.post([rowAt(0, { close: 100.5 }), rowAt(1)]))).toMatchObject(problem)
  expect((await stored(a.url)).bars).toHaveLength(1)
})

test('a correction through a server that does not own the market is made by the owner', async () => {
  const { a, b } = await twoServers()
  await a.post(rowsFrom(0, 10))
  const corrected = { ...rowAt(5, { close: 104 }), market: btc.market, reason: 'the exchange corrected it' }
  const response = await b.send('POST', '/api/corrections', corrected)
  expect(response.status).toBe(201)
  expect(await jsonOf(response)).toMatchObject({ judgedAgain: 5, correction: { revision: 1, after: { close: 104 } } })
  expect((await a.post(rowAt(5, { close: 104 }))).status).toBe(200)
  expect((await a.post(rowAt(5))).status).toBe(409)
  const next = await jsonOf<VerdictAnswer>(a.post(rowAt(10)))
  expect(next.because).toMatch(/^step 6, warm-up 5,/)
})

test('each market has an owner of its own', async () => {
  const { a, b } = await twoServers()
  const at = (market: string, hour: number) => ({ ...rowAt(hour), market })
  await a.post(at('x:A', 0))
  await b.post(at('x:B', 0))
  const text = async (answer: Promise<Response>) => (await jsonOf<VerdictAnswer>(answer)).because
  expect(await text(a.post(at('x:B', 1)))).toMatch(/^step 2,/)
  expect(await text(b.post(at('x:A', 1)))).toMatch(/^step 2,/)
})

test('what servers send each other needs their key, which opens nothing else', async () => {
  const { a } = await twoServers()
  const body = { stream: btc, bars: [barAt(0)] }
  for (const authorization of ['', 'Bearer wrong', 'Bearer null']) {
    const response = await a.send('POST', '/internal/answer', body)
    expect([authorization, response.status]).toEqual([authorization, 401])
  }
})

test('the key between servers opens no call of the API', async () => {
  const { store } = await twoServers()
  const epoch = await store.register({ address: null, key: '' }, 60_000)
  const [first] = (await store.renew({ epoch, address: null }, 60_000)) ?? []
  const access = { keys: makeKeys(store, { now: () => nowMs }) }
  const keyed = await serving({ store, access })
  const answer = await fetch(`${keyed.url}/api/bars`, { headers: { authorization: `Bearer ${first?.key}` } })
  expect(answer.status).toBe(401)
})

test('an import through a server that does not own the market is judged by the owner, gaps included', async () => {
  const { store, a, b } = await twoServers()
  await a.post([...rowsFrom(0, 4), ...rowsFrom(6, 8)])
  const begun = await jsonOf<Import>(sendFile(b, linesFrom(0, 20)))
  expect(await ended(b, begun)).toMatchObject({ state: 'done', judged: 14 })
  expect((await a.post(rowAt(20))).status).toBe(200)
  expect(await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 100 })).toHaveLength(21)
})

test('an owner that was not renewed in time does not write past the server that took its market over', async () => {
  const { store, a, b } = await twoServers()
  await a.post(rowsFrom(0, 5))
  // The first registration of this store.
  await store.renew({ epoch: 1, address: a.url }, 0)
  const text = async (answer: Promise<Response>) => (await jsonOf<VerdictAnswer>(answer)).because
  expect(await text(b.post(rowAt(5)))).toMatch(/^step 6,/)
  // Its engine ends with the row before that one.
  expect(await text(a.post(rowAt(6)))).toMatch(/^step 7,/)
  expect(await text(b.post(rowAt(7)))).toMatch(/^step 8,/)
  const written = await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 100 })
  expect(written.map(({ verdict }) => verdict.date)).toEqual(rowsFrom(0, 8).map(({ date }) => date))
})

test('an owner that was not renewed in time goes on with what nobody has taken over', async () => {
  const { store, a, b } = await twoServers()
  await a.post(rowsFrom(0, 5))
  await store.renew({ epoch: 1, address: a.url }, 0)
  const text = async (answer: Promise<Response>) => (await jsonOf<VerdictAnswer>(answer)).because
  expect(await text(a.post(rowAt(5)))).toMatch(/^step 6,/)
  expect(await text(b.post(rowAt(6)))).toMatch(/^step 7,/)
})

test('while the owner is registered and does not answer, its rows are refused for the moment', async () => {
  const { store, a } = await twoServers()
  const epoch = await store.register({ address: 'http://127.0.0.1:1', key: '' }, 60_000)
  await store.claim(btc, epoch)
  const response = await a.post(rowAt(0))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await jsonOf<Problem>(response)).toMatchObject({ code: 'ERR_STREAM_MOVED' })
  await store.leave(epoch)
  expect((await a.post(rowAt(0))).status).toBe(200)
})
