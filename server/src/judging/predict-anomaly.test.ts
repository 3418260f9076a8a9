import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Problem } from '@candlewatch/api/problem'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import { isoDate } from '@candlewatch/core/interval'
import { expect, test } from 'vitest'
import { btc, jsonOf, nowMs, rowAt, rowsFrom, serving } from '../serving.suite.ts'

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const problem = await jsonOf<Problem>(response)
  expect(problem.status).toBe(response.status)
  expect(problem.requestId).toBe(response.headers.get('x-request-id'))
  expect(problem.type).toBe(`urn:candlewatch:error:${problem.code}`)
  return problem
}

test('one row is answered with one verdict', async () => {
  const { post } = await serving()
  const response = await post(rowAt(0))
  expect(response.status).toBe(200)
  const verdict = await jsonOf<VerdictAnswer>(response)
  expect(verdict).toMatchObject({ market: 'bitstamp:BTC-USD', interval: '1h', date: '2021-01-01T00:00:00Z' })
  expect(verdict.bar).toEqual({ open: 100, high: 110, low: 90, close: 105, volume: 7 })
})

test('an array is answered with an array in the same order', async () => {
  const { post } = await serving()
  const verdicts = await jsonOf<VerdictAnswer[]>(post(rowsFrom(0, 250)))
  expect(verdicts.map(verdict => verdict.date)).toEqual(rowsFrom(0, 250).map(row => row.date))
  expect(await jsonOf<VerdictAnswer[]>(post([rowAt(250)]))).toHaveLength(1)
})

test('the same row sent twice gets the same bytes, and is stored once', async () => {
  const { post, store } = await serving()
  const first = await (await post(rowAt(0))).text()
  await post(rowAt(1))
  expect(await (await post(rowAt(0))).text()).toBe(first)
  expect(await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 10 })).toHaveLength(2)
})

test('the same row sent twenty times at once gets one verdict', async () => {
  const { post, store } = await serving()
  const answers = await Promise.all(Array.from({ length: 20 }, async () => (await post(rowAt(0))).text()))
  expect(new Set(answers).size).toBe(1)
  expect(await store.lastSeq(btc)).toBe(1)
})

test.each([
  ['2021-01-01 05:00:00+00:00', '2021-01-01T05:00:00Z'],
  ['2021-01-01T05:00:00Z', '2021-01-01T05:00:00Z'],
  ['2021-01-01T05:00:00.000Z', '2021-01-01T05:00:00Z'],
  ['2021-01-01 05:00:00', '2021-01-01T05:00:00Z'],
  ['2021-01-01T05:00', '2021-01-01T05:00:00Z'],
  ['2021-01-01', '2021-01-01T00:00:00Z'],
  ['2021-01-01T05:00:00+05:00', '2021-01-01T00:00:00Z'],
  ['2020-12-31T23:30:00-0130', '2021-01-01T01:00:00Z'],
])('the date %s is read as %s', async (date, expected) => {
  const { post } = await serving()
  expect((await jsonOf<VerdictAnswer>(post(rowAt(0, { date })))).date).toBe(expected)
})

test.each(['volume', 'VolumeBTC', 'Volume BTC'])('volume may be called %s', async name => {
  const { post } = await serving()
  const { volume, ...rest } = rowAt(0)
  expect((await jsonOf<VerdictAnswer>(post({ ...rest, [name]: volume + 1 }))).bar.volume).toBe(8)
})

test('extra fields are ignored', async () => {
  const { post } = await serving()
  expect((await post(rowAt(0, { 'Volume USD': 'a lot', unix: 1 }))).status).toBe(200)
})

test('another market or interval is a separate stream', async () => {
  const { post } = await serving()
  await post(rowAt(5))
  const row = rowAt(0, { market: 'kraken:ETH-EUR', interval: '1d' })
  expect(await jsonOf<VerdictAnswer>(post(row))).toMatchObject({ market: 'kraken:ETH-EUR', interval: '1d' })
})

test.each([
  [{ high: '110' }, 422, 'ERR_ROW_INVALID', 'high', /JSON number.*without quotes/],
  [{ high: null }, 422, 'ERR_ROW_INVALID', 'high', /finite JSON number, found null/],
  [{ close: undefined }, 422, 'ERR_ROW_INVALID', 'close', /found nothing/],
  [{ volume: undefined }, 422, 'ERR_ROW_INVALID', 'volume', /found nothing/],
  [{ date: undefined }, 422, 'ERR_ROW_INVALID', 'date', /ISO 8601/],
  [{ date: '2021-02-30T00:00:00Z' }, 422, 'ERR_ROW_INVALID', 'date', /ISO 8601.*2021-02-30/],
  [{ date: '01/02/2021' }, 422, 'ERR_ROW_INVALID', 'date', /ISO 8601/],
  [{ date: 1_609_459_200 }, 422, 'ERR_ROW_INVALID', 'date', /ISO 8601/],
  [{ market: 'BTC' }, 422, 'ERR_ROW_INVALID', 'market', /venue:INSTRUMENT/],
  [{ market: `a:${'B'.repeat(80)}` }, 422, 'ERR_ROW_INVALID', 'market', /at most 64/],
  [{ interval: '60 minutes' }, 422, 'ERR_ROW_INVALID', 'interval', /1m, 1h, 1d or 1w/],
  [{ date: '2021-01-01T00:30:00Z' }, 422, 'ERR_BAR_MISALIGNED', 'date', /2021-01-01T00:00:00Z/],
  [{ date: '2021-02-01T00:00:00Z' }, 422, 'ERR_BAR_FUTURE', 'date', /closes at 2021-02-01T01:00:00Z/],
  [{ high: 80 }, 422, 'ERR_BAR_IMPOSSIBLE', 'high', /at least the low/],
  [{ open: -1 }, 422, 'ERR_BAR_IMPOSSIBLE', 'open', /positive/],
  [{ volume: -1 }, 422, 'ERR_BAR_IMPOSSIBLE', 'volume', /not negative/],
])('a row with %j is refused with %i %s at %s', async (change, status, code, field, detail) => {
  const { post, store } = await serving()
  const response = await post(rowAt(0, change))
  expect(response.status).toBe(status)
  const problem = await problemOf(response)
  expect(problem).toMatchObject({ code, field })
  expect(problem.detail).toMatch(detail)
  expect(await store.streams()).toEqual([])
})

test('a number that is too large for JSON is refused', async () => {
  const { post } = await serving()
  const response = await post(JSON.stringify(rowAt(0)).replace('110', '1e999'))
  expect(await problemOf(response)).toMatchObject({ status: 422, field: 'high' })
})

test('a bad row in an array is named by its index, and nothing of the array is stored', async () => {
  const { post, store } = await serving()
  const rows = rowsFrom(0, 501).map((row, i) => (i === 500 ? { ...row, high: 1 } : row))
  expect(await problemOf(await post(rows))).toMatchObject({ code: 'ERR_BAR_IMPOSSIBLE', field: '[500].high' })
  expect(await problemOf(await post([rowAt(0, { low: 'x' })]))).toMatchObject({ field: '[0].low' })
  expect(await problemOf(await post([rowAt(0), 7]))).toMatchObject({ status: 422, field: '[1]' })
  expect(await store.streams()).toEqual([])
})

test('the last hour is accepted at the moment it closes', async () => {
  const { post, nowMs: clock } = await serving()
  const row = rowAt(0, { date: '2021-02-01T00:00:00Z' })
  clock.value = (nowMs + 3_599_999) as typeof nowMs
  expect((await post(row)).status).toBe(422)
  clock.value = (nowMs + 3_600_000) as typeof nowMs
  expect((await post(row)).status).toBe(200)
})

test('weeks and months of the calendar are judged, whatever day a week begins on', async () => {
  const { post, get } = await serving()
  const rowOn = (date: string, interval: string) => ({ ...rowAt(0), date: `${date}T00:00:00Z`, interval })
  const months = ['2020-10-01', '2020-11-01', '2020-12-01'].map(date => rowOn(date, '1M'))
  const answered = await jsonOf<VerdictAnswer[]>(post(months))
  expect(answered.map(({ interval, date, ts }) => [interval, date, isoDate(ts)])).toEqual([
    ['1M', '2020-10-01T00:00:00Z', '2020-11-01T00:00:00Z'],
    ['1M', '2020-11-01T00:00:00Z', '2020-12-01T00:00:00Z'],
    ['1M', '2020-12-01T00:00:00Z', '2021-01-01T00:00:00Z'],
  ])
  expect((await jsonOf<{ bars: object[] }>(get('/api/bars?interval=1M'))).bars).toHaveLength(3)
  expect((await post(['2020-12-07', '2020-12-14'].map(date => rowOn(date, '1w')))).status).toBe(200)
  const overlapping = await jsonOf<Problem>(post(rowOn('2020-12-15', '1w')))
  expect(overlapping).toMatchObject({ status: 422, code: 'ERR_BAR_MISALIGNED', field: 'date' })
  expect(overlapping.detail).toMatch(/^Expected a bar that opens at 2020-12-21T00:00:00Z/)
})

test('rows of two markets in one array are refused', async () => {
  const { post } = await serving()
  const problem = await problemOf(await post([rowAt(0), rowAt(1, { market: 'kraken:BTC-USD' })]))
  expect(problem).toMatchObject({ status: 422, code: 'ERR_ROWS_MIXED', field: '[1].market' })
  expect(await problemOf(await post([rowAt(0), rowAt(24, { interval: '1d' })]))).toMatchObject({
    field: '[1].interval',
  })
})

test('a known bar with other numbers is answered with 409 and both numbers', async () => {
  const { post } = await serving()
  await post(rowAt(0))
  const problem = await problemOf(await post(rowAt(0, { close: 106 })))
  expect(problem).toMatchObject({ status: 409, code: 'ERR_BAR_CONFLICT', field: 'close' })
  expect(problem.detail).toMatch(/close 105.*close 106/)
})

test('an unknown bar older than the newest is answered with 409', async () => {
  const { post } = await serving()
  await post(rowAt(5))
  expect(await problemOf(await post(rowAt(4)))).toMatchObject({ status: 409, code: 'ERR_BAR_LATE', field: 'date' })
})

test('rows out of order are answered with 409 that names the row, and nothing is stored', async () => {
  const { post, store } = await serving()
  const problem = await problemOf(await post([rowAt(0), rowAt(2), rowAt(1)]))
  expect(problem).toMatchObject({ status: 409, code: 'ERR_BAR_LATE', field: '[2].date' })
  expect(await store.streams()).toEqual([])
})

test('a body without rows is answered with 400', async () => {
  const { post } = await serving()
  for (const body of ['{"date": ', '7', '"text"', 'null', '[]']) {
    expect(await problemOf(await post(body))).toMatchObject({ status: 400, code: 'ERR_BODY_SHAPE' })
  }
  expect((await post('')).status).toBe(400)
})

test('another content type is answered with 415', async () => {
  const { post } = await serving()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
    const response = await post(JSON.stringify(rowAt(0)), { 'content-type': type })
    expect(await problemOf(response)).toMatchObject({ status: 415, code: 'ERR_BODY_TYPE' })
  }
})

test('too many rows or bytes are answered with 413', async () => {
  const { post } = await serving()
  expect(await problemOf(await post(Array(10_001).fill(7)))).toMatchObject({ status: 413, code: 'ERR_BODY_TOO_LARGE' })
  expect(await problemOf(await post(`"${'x'.repeat(5 * 2 ** 20)}"`))).toMatchObject({ status: 413 })
})

test('a request id that was sent is returned; an invalid one is replaced', async () => {
  const { post } = await serving()
  expect((await problemOf(await post([], { 'x-request-id': 'feed-7' }))).requestId).toBe('feed-7')
  expect((await problemOf(await post([], { 'x-request-id': 'a b<c>' }))).requestId).toMatch(/^[\w-]{36}$/)
})

test('when the database does not store the rows, the answer is 503 with Retry-After, and the next try succeeds', async () => {
  const { post, store } = await serving()
  const { commit } = store
  await post(rowAt(0))
  store.commit = () => Promise.reject(new Error('disk full'))
  const response = await post(rowAt(1))
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await problemOf(response)).toMatchObject({ status: 503, code: 'ERR_NOT_STORED' })
  store.commit = commit
  expect((await jsonOf<VerdictAnswer>(post(rowAt(1)))).because).toBe('step 2, warm-up 0, sum 211')
})

test('an internal error is answered with 500 without its text', async () => {
  const store = memoryStore()
  store.known = () => Promise.reject(new Error('secret'))
  const { post } = await serving({ store })
  const problem = await problemOf(await post(rowAt(0)))
  expect(problem).toMatchObject({ status: 500, code: 'ERR_INTERNAL' })
  expect(JSON.stringify(problem)).not.toMatch(/secret/)
})
