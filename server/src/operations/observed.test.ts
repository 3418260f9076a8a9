import { Writable } from 'node:stream'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { CandlewatchError } from '@candlewatch/core/errors'
import { expect, test } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { eventsOf, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

interface Line {
  readonly level: string
  readonly msg: string
  readonly route?: string
  readonly market?: string
  readonly code?: string
}

/** A log whose lines can be read. */
function written(level: string) {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  const lines = () => text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Line]))
  return { log: makeLog(level, stream), lines, text: () => text }
}

const metricsOf = async (get: (path: string) => Promise<Response>) => (await get('/metrics')).text()

test('/metrics counts requests by route pattern, never by address', async () => {
  const { post, get } = await serving()
  await post(rowAt(0))
  await get('/api/replays/some-id')
  await get('/wp-login.php?password=secret')
  const text = await metricsOf(get)
  expect(text).toContain(
    'candlewatch_http_request_duration_seconds_count{route="/predict_anomaly",method="POST",status="2xx"} 1',
  )
  expect(text).toContain('route="/api/replays/:id",method="GET",status="4xx"')
  expect(text).toContain('route="none",method="GET",status="4xx"')
  expect(text).not.toMatch(/some-id|wp-login|secret/)
})

test('/metrics counts rows by result, and problems by code', async () => {
  const store = memoryStore()
  const { post, get } = await serving({ store })
  await post(rowsFrom(0, 5))
  await post(rowsFrom(0, 5))
  await post(rowAt(0, { close: 99 }))
  store.commit = () => Promise.reject(new Error('gone'))
  await post(rowAt(5))
  const text = await metricsOf(get)
  const ended = (outcome: string) => new RegExp(`rows_ended_total{.*outcome="${outcome}"} (\\d+)`).exec(text)![1]
  expect([ended('answered'), ended('refused'), ended('failed')]).toEqual(['10', '1', '1'])
  expect(text).toContain('candlewatch_rows_received_total{market="bitstamp:BTC-USD",interval="1h"} 12')
  expect(text).toContain('candlewatch_problems_total{code="ERR_NOT_STORED"} 1')
  expect(text).toContain('candlewatch_waiting_requests 0')
  expect(text).toContain('candlewatch_feed_faults_total{market="bitstamp:BTC-USD",interval="1h",kind="duplicate"} 5')
  expect(text).toContain('candlewatch_feeds{state="past"} 1')
  expect(text).toContain('candlewatch_model_info{name="fake",version="1"} 1')
})

test('a listener is counted while it is connected, and is not a slow request', async () => {
  const { get, url, post } = await serving()
  let listening = ''
  await eventsOf(
    `${url}/api/stream`,
    events => events.length > 0,
    async () => {
      listening = await metricsOf(get)
      await post(rowAt(0))
    },
  )
  expect(listening).toContain('candlewatch_stream_listeners 1')
  await expect.poll(() => metricsOf(get)).toContain('candlewatch_stream_listeners 0')
  expect(await metricsOf(get)).not.toContain('route="/api/stream"')
})

test('the log has failed requests at info, with market and code, and others at debug; no body and no query', async () => {
  const { log, lines, text } = written('debug')
  const { post, get } = await serving({ log })
  await post(rowAt(0, { note: 'a secret' }))
  await post(rowAt(0, { close: 99 }))
  await get('/api/bars?limit=5&token=secret')
  await expect.poll(() => lines().filter(line => line.msg === 'request')).toHaveLength(3)
  const requests = lines().filter(line => line.msg === 'request')
  const predict = { method: 'POST', route: '/predict_anomaly', market: 'bitstamp:BTC-USD', rows: 1 }
  expect(requests).toMatchObject([
    { level: 'debug', ...predict, status: 200 },
    { level: 'info', ...predict, status: 409, code: 'ERR_BAR_CONFLICT' },
    { level: 'debug', method: 'GET', route: '/api/bars', status: 200 },
  ])
  for (const line of requests) expect(line).toMatchObject({ requestId: expect.any(String), ms: expect.any(Number) })
  expect(text()).not.toContain('secret')
})

test('/readyz is answered with 503 while stopping, whatever the checks say', async () => {
  const { get, stopping } = await serving()
  stopping.value = true
  const response = await get('/readyz')
  expect(response.status).toBe(503)
  expect(await jsonOf(response)).toEqual({ status: 'stopping', checks: {} })
  expect((await get('/healthz')).status).toBe(200)
})

test('a failing /readyz is logged once when it begins and once when it ends, and only the log names hosts', async () => {
  const { log, lines, text } = written('info')
  const store = memoryStore()
  const { ping } = store
  const { get } = await serving({ store, log })
  store.ping = () => Promise.reject(new CandlewatchError('ERR_DATABASE_UNREACHABLE', 'none at db.internal:5432'))
  const answers = [await (await get('/readyz')).text(), await (await get('/readyz')).text()]
  store.ping = ping
  await get('/readyz')
  expect(answers.join()).not.toContain('db.internal')
  expect(text()).toContain('db.internal')
  expect(
    lines()
      .filter(line => line.msg.includes('ready'))
      .map(line => line.msg),
  ).toEqual(['not ready', 'ready again'])
})

test('rows that are refused again and again have one line at first, and at debug a line each', async () => {
  const { log, lines } = written('info')
  const { post } = await serving({ log })
  await post(rowsFrom(0, 5))
  for (let i = 0; i < 20; i++) await post(rowAt(2, { close: 99 }))
  await post(rowAt(2, { market: 'a:B', high: 1 }))
  const refused = () => lines().filter(line => line.route === '/predict_anomaly' && line.msg === 'request')
  await expect
    .poll(() => refused().map(({ market, code }) => [market, code]))
    .toEqual([
      ['bitstamp:BTC-USD', 'ERR_BAR_CONFLICT'],
      ['a:B', 'ERR_BAR_IMPOSSIBLE'],
    ])
})
