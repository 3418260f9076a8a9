import type { Problem } from '@candlewatch/api/problem'
import type { Replay } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { btc, jsonOf, rowsFrom, type Serving, serving } from '../serving.suite.ts'

const body = {
  market: 'bitstamp:BTC-USD',
  interval: '1h',
  source: { kind: 'csv', name: 'rows.csv' },
  from: '2021-01-01T00:00:00Z',
  to: '2021-01-10T00:00:00Z',
  everyMs: 1_000,
  state: 'playing',
}

const make = ({ send }: Serving, changes: object = {}) =>
  jsonOf<Replay>(send('POST', '/api/replays', { ...body, ...changes }))

test('a replay is made, listed and read', async () => {
  const it = await serving()
  const response = await it.send('POST', '/api/replays', body)
  expect(response.status).toBe(201)
  const replay = await jsonOf<Replay>(response)
  const unasked = { seek: null, steps: 0, until: null, at: null, revision: 0 }
  expect(replay).toEqual({ ...body, id: replay.id, ...unasked })
  expect(await jsonOf(it.get(response.headers.get('location')!))).toEqual(replay)
  expect(await jsonOf(it.get('/api/replays'))).toEqual({ replays: [replay] })
})

test.each([
  [{ source: { kind: 'tape', name: 'x' } }, 'source.kind'],
  [{ source: undefined }, 'source'],
  [{ from: 'soon' }, 'from'],
  [{ to: '2020-01-01' }, 'to'],
  [{ everyMs: -1 }, 'everyMs'],
  [{ everyMs: '1s' }, 'everyMs'],
  [{ state: 'flying' }, 'state'],
])('making a replay with %j is answered with 422 at %s', async (changes, field) => {
  const { send } = await serving()
  const problem = await jsonOf<Problem>(send('POST', '/api/replays', { ...body, ...changes }))
  expect(problem).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID', field })
})

test('pausing, playing and speeding up change only the fields that were sent', async () => {
  const it = await serving()
  const replay = await make(it)
  const change = (what: object) => jsonOf<Replay>(it.send('PATCH', `/api/replays/${replay.id}`, what))
  expect(await change({ state: 'paused' })).toEqual({ ...replay, state: 'paused', revision: 1 })
  expect(await change({ everyMs: 0 })).toEqual({ ...replay, state: 'paused', everyMs: 0, revision: 2 })
  const fast = { ...replay, everyMs: 3_600_000, revision: 3 }
  expect(await change({ state: 'playing', everyMs: 3_600_000 })).toEqual(fast)
  expect(await change({})).toEqual(fast)
})

test('no change is lost when several come at the same moment', async () => {
  const it = await serving()
  const { id } = await make(it, { state: 'paused' })
  const changes = [{ state: 'playing' }, { everyMs: 7 }, { seek: '2021-01-05' }]
  await Promise.all(changes.map(change => it.send('PATCH', `/api/replays/${id}`, change)))
  expect(await jsonOf(it.get(`/api/replays/${id}`))).toMatchObject({
    state: 'playing',
    everyMs: 7,
    seek: '2021-01-05T00:00:00Z',
  })
})

test.each([
  [{ everyMs: 3_600_001 }, 'everyMs'],
  [{ everyMs: -1 }, 'everyMs'],
  [{ seek: 'later' }, 'seek'],
  [{ seek: '2020-12-31' }, 'seek'],
  [{ seek: '2021-01-10T02:00:00Z' }, 'seek'],
  [{ at: 'now' }, 'at'],
  [{ step: 0 }, 'step'],
  [{ step: 1.5 }, 'step'],
  [{ step: 1_001 }, 'step'],
  [{ until: 'lunch' }, 'until'],
  [{ step: 1, until: 'anomaly' }, 'until'],
  [{ seek: '2021-01-05', step: 1 }, 'step'],
  [{ revision: 'last' }, 'revision'],
  [{ state: 'rewind' }, 'state'],
])('a change of %j is answered with 422 at %s, and nothing changes', async (change, field) => {
  const it = await serving()
  const replay = await make(it)
  const problem = await jsonOf<Problem>(it.send('PATCH', `/api/replays/${replay.id}`, change))
  expect(problem).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID', field })
  expect(await jsonOf(it.get(`/api/replays/${replay.id}`))).toEqual(replay)
})

test('a seek forward is kept until it is cleared; after a seek back the newest visible bar is the one before', async () => {
  const it = await serving()
  const { id } = await make(it)
  await it.post(rowsFrom(0, 50))
  const seek = (to: string | null) => jsonOf<Replay>(it.send('PATCH', `/api/replays/${id}`, { seek: to }))
  expect(await seek('2021-01-05')).toMatchObject({ seek: '2021-01-05T00:00:00Z', at: null })
  expect(await seek(null)).toMatchObject({ seek: null })
  expect(await seek('2021-01-02')).toMatchObject({ seek: null, at: '2021-01-01T23:00:00Z', state: 'playing' })
  expect(await jsonOf(it.get('/api/bars?limit=1'))).toMatchObject({ bars: [{ date: '2021-01-03T01:00:00Z' }] })
})

test('two steps at the same moment ask for two rows', async () => {
  const it = await serving()
  const { id } = await make(it)
  await Promise.all([1, 1].map(step => it.send('PATCH', `/api/replays/${id}`, { step })))
  expect(await jsonOf(it.get(`/api/replays/${id}`))).toMatchObject({ steps: 2, state: 'paused' })
})

test('a stopped replay cannot be changed any more; a finished one can be watched again', async () => {
  const it = await serving()
  const { id } = await make(it)
  await it.post(rowsFrom(0, 50))
  const change = (what: object) => it.send('PATCH', `/api/replays/${id}`, what)
  expect((await change({ state: 'finished' })).status).toBe(200)
  expect(await jsonOf(change({ step: 1 }))).toMatchObject({ status: 409, code: 'ERR_REPLAY_OVER' })
  expect(await jsonOf(change({ seek: '2021-01-02' }))).toMatchObject({ state: 'paused', at: '2021-01-01T23:00:00Z' })
  expect(await jsonOf(change({ state: 'stopped' }))).toMatchObject({ state: 'stopped', at: null })
  expect((await change({ state: 'stopped' })).status).toBe(200)
  expect(await jsonOf(change({ seek: '2021-01-02' }))).toMatchObject({ status: 409, code: 'ERR_REPLAY_OVER' })
})

test('a second replay of the same stream stops the first, which a killed simulator left playing', async () => {
  const it = await serving()
  const first = await make(it)
  const other = await make(it, { market: 'kraken:BTC-EUR' })
  await it.post(rowsFrom(0, 50))
  await it.send('PATCH', `/api/replays/${first.id}`, { step: -9 })
  await make(it)
  expect(await jsonOf(it.get(`/api/replays/${first.id}`))).toMatchObject({ state: 'stopped', at: null })
  expect(await jsonOf(it.get(`/api/replays/${other.id}`))).toMatchObject({ state: 'playing' })
})

test('an unknown replay is answered with 404', async () => {
  const it = await serving()
  expect((await it.get('/api/replays/none')).status).toBe(404)
  expect((await it.get('/api/replays/%00')).status).toBe(404)
  expect((await it.send('PATCH', '/api/replays/none', { state: 'paused' })).status).toBe(404)
})

const own = 'replay:rows.csv/bitstamp:BTC-USD'

test('rows of a replay are stored in its market, which is listed as that of a replay', async () => {
  const it = await serving()
  const { id } = await make(it, { market: own })
  const rows = rowsFrom(0, 3).map(row => ({ ...row, market: own }))
  expect((await it.send('POST', `/predict_anomaly?replay=${id}`, rows)).status).toBe(200)
  expect(await jsonOf(it.get('/api/markets'))).toMatchObject({
    markets: [{ market: own, replayOf: 'bitstamp:BTC-USD', bars: 3 }],
  })
})

test('rows of another source are refused in a market of a replay, as are rows of an unknown replay', async () => {
  const it = await serving()
  const { id } = await make(it)
  const [row] = rowsFrom(0, 1)
  const answer = (query: string, changes: object = {}) =>
    jsonOf<Problem>(it.send('POST', `/predict_anomaly${query}`, { ...row, ...changes }))
  expect(await answer('', { market: own })).toMatchObject({ status: 409, code: 'ERR_REPLAY_MARKET' })
  expect(await answer('?replay=other')).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID', field: 'replay' })
  expect(await answer(`?replay=${id}`, { market: own })).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID' })
  expect(await answer(`?replay=${id}`, { interval: '1d' })).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID' })
})

test('once a row of another source is stored, rows of a replay are refused, and the feed of the market does not notice', async () => {
  const it = await serving()
  const { id } = await make(it)
  const replay = `/predict_anomaly?replay=${id}`
  const [first, second, third, fourth] = rowsFrom(0, 4)
  expect((await it.send('POST', replay, first)).status).toBe(200)
  // A row that is refused changes nothing.
  expect((await it.post({ ...second, high: 1 })).status).toBe(422)
  expect((await it.send('POST', replay, second)).status).toBe(200)
  expect((await it.post(third)).status).toBe(200)
  const feedsBefore = await jsonOf(it.get('/api/feeds'))
  for (const row of [fourth, first]) {
    expect(await jsonOf(it.send('POST', replay, row))).toMatchObject({ status: 409, code: 'ERR_REPLAY_DISPLACED' })
  }
  expect(await jsonOf(it.get('/api/feeds'))).toEqual(feedsBefore)
  expect((await it.post(fourth)).status).toBe(200)
  expect(await it.store.isForReplays(btc)).toBe(false)
})

test('a correction by a person keeps replays out of the market', async () => {
  const it = await serving()
  const { id } = await make(it)
  const [first, second, third] = rowsFrom(0, 3)
  const replay = `/predict_anomaly?replay=${id}`
  // In two requests, so that the second finds an engine that knows the replay.
  for (const row of [first, second]) await it.send('POST', replay, row)
  const corrected = await it.send('POST', '/api/corrections', { ...second, volume: 9, reason: 'wrong unit' })
  expect(corrected.status).toBe(201)
  expect(await it.store.isForReplays(btc)).toBe(false)
  expect(await jsonOf(it.send('POST', replay, third))).toMatchObject({ status: 409, code: 'ERR_REPLAY_DISPLACED' })
})

test('a new replay goes on from what was prepared in the store, not from the engine in memory', async () => {
  const it = await serving()
  const { id } = await make(it)
  await it.send('POST', `/predict_anomaly?replay=${id}`, rowsFrom(0, 5))
  await it.store.prepareReplay(btc, { startOver: true, warmUp: [] })
  const next = await make(it)
  expect((await it.send('POST', `/predict_anomaly?replay=${next.id}`, rowsFrom(0, 2))).status).toBe(200)
  expect(await it.store.bars({ ...btc, fromMs: null, toMs: null, limit: 9 })).toHaveLength(2)
})

test('after a market was deleted and replayed, a row of another source is recorded again', async () => {
  const it = await serving()
  await it.post(rowsFrom(0, 2))
  const query = 'market=bitstamp:BTC-USD&interval=1h&confirm=bitstamp:BTC-USD'
  const deleted = await fetch(`${it.url}/api/markets?${query}`, { method: 'DELETE' })
  expect(deleted.status).toBe(204)
  const { id } = await make(it)
  expect((await it.send('POST', `/predict_anomaly?replay=${id}`, rowsFrom(0, 3))).status).toBe(200)
  expect(await it.store.isForReplays(btc)).toBe(true)
  expect((await it.post(rowsFrom(3, 4))).status).toBe(200)
  expect(await it.store.isForReplays(btc)).toBe(false)
})
