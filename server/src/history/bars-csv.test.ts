import { once } from 'node:events'
import { connect } from 'node:net'
import type { Import } from '@candlewatch/api/imports'
import { expect, test } from 'vitest'
import { ended } from '../imports/files.suite.ts'
import { barAt, btc, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

const everything = { ...btc, fromMs: null, toMs: null, limit: 10_000 }

test('a range is downloaded as a file whose name says what it contains', async () => {
  const { post, get } = await serving()
  await post(rowsFrom(0, 5))
  const response = await get('/api/bars.csv?from=2021-01-01T01:00Z&to=2021-01-01T03:00Z')
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename=bitstamp_BTC-USD-1h-from-2021-01-01-to-2021-01-01.csv',
  )
  expect(await response.text()).toBe(
    [
      'market,date,open,high,low,close,volume',
      'bitstamp:BTC-USD,2021-01-01T01:00:00Z,101,111,91,106,7',
      'bitstamp:BTC-USD,2021-01-01T02:00:00Z,102,112,92,107,7',
      '',
    ].join('\n'),
  )
})

test.each(['', '?verdicts=true'])('/api/bars.csv%s can be imported again with every digit', async query => {
  const [from, to] = [await serving(), await serving()]
  const odd = { open: 0.1 + 0.2, high: 1e15, low: 1e-12, close: 1 / 3, volume: 0 }
  // More than two pages of the store.
  await from.post([...rowsFrom(0, 700), rowAt(701, odd)])
  const body = await (await from.get(`/api/bars.csv${query}`)).text()
  expect(body.split('\n')).toHaveLength(703)
  const headers = { 'content-type': 'text/csv' }
  const begun = await jsonOf<Import>(fetch(`${to.url}/api/imports`, { method: 'POST', headers, body }))
  expect(await ended(to, begun)).toMatchObject({
    state: 'done',
    judged: 701,
    market: 'bitstamp:BTC-USD',
    interval: '1h',
  })
  const barsOf = async ({ store }: typeof from) => store.bars(everything)
  expect(await barsOf(to)).toEqual(await barsOf(from))
})

test('a download with verdicts has status, severity and p-value of each bar, empty where it was never judged', async () => {
  const { post, get, store } = await serving()
  await post(rowsFrom(1, 2))
  const [bar] = await store.bars(everything)
  await store.appendWarmUp(btc, [{ ...bar!, ts: (bar!.ts - btc.intervalMs) as (typeof btc)['intervalMs'] }])
  const lines = (await (await get('/api/bars.csv?verdicts=true')).text()).split('\n')
  expect(lines).toEqual([
    'market,date,open,high,low,close,volume,status,severity,p_value',
    'bitstamp:BTC-USD,2021-01-01T00:00:00Z,101,111,91,106,7,,,',
    'bitstamp:BTC-USD,2021-01-01T01:00:00Z,101,111,91,106,7,normal,,0.5',
    '',
  ])
})

test('a range without bars is a header only, HEAD reads no bars, and a database error is a problem', async () => {
  const { get, url, store, post } = await serving()
  expect(await (await get('/api/bars.csv')).text()).toBe('market,date,open,high,low,close,volume\n')
  await post(rowsFrom(0, 3))
  const head = await fetch(`${url}/api/bars.csv`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-disposition')]).toEqual([
    200,
    'attachment; filename=bitstamp_BTC-USD-1h.csv',
  ])
  expect(await jsonOf(get('/api/bars.csv?verdicts=maybe'))).toMatchObject({ status: 400, field: 'verdicts' })
  store.barsAfter = () => {
    throw new Error('gone')
  }
  expect(await jsonOf(get('/api/bars.csv'))).toMatchObject({ status: 500, code: 'ERR_INTERNAL' })
})

test('a database that fails after the first rows cuts the connection', async () => {
  const { get, store } = await serving()
  store.barsAfter = async function* () {
    for (let hour = 0; hour < 2_000; hour++) yield barAt(hour)
    throw new Error('gone')
  }
  await expect(get('/api/bars.csv').then(response => response.text())).rejects.toThrow()
})

test('when a reader disconnects, no more bars are read, and none were read far ahead', async () => {
  const { url, store } = await serving()
  let read = 0
  let ended = false
  store.barsAfter = async function* endless() {
    try {
      for (;;) yield barAt(read++)
    } finally {
      ended = true
    }
  }
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write('GET /api/bars.csv HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'readable')
  socket.destroy()
  await expect.poll(() => ended).toBe(true)
  // The sockets of both sides buffer some megabytes, in lines of 60 characters.
  expect(read).toBeLessThan(200_000)
})
