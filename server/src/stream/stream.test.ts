import { connect } from 'node:net'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { exampleEpisode } from '@candlewatch/core/eval/example-verdict'
import type { Episode, EpisodeEvent, Replay, Verdict } from '@candlewatch/core/types'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { btc, type Event, eventsOf, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

const verdictsIn = (events: readonly Event[]) => events.filter(one => one.event === 'verdict')
const idsIn = (events: readonly Event[]) => verdictsIn(events).map(one => Number(one.id))
const atLeast = (count: number) => (events: readonly Event[]) => verdictsIn(events).length >= count
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

const episodeAt = (hour: number): Episode =>
  exampleEpisode('bitstamp:BTC-USD', Date.parse(rowAt(hour).date), { id: `bar ${hour}` })

test('without an id, only new commits are sent, the bar and then its verdict', async () => {
  const { url, post } = await serving()
  await post(rowsFrom(0, 3))
  const events = await eventsOf(`${url}/api/stream`, atLeast(2), () => post(rowsFrom(3, 5)))
  expect(events.map(one => [one.event, one.id])).toEqual([
    ['bar', null],
    ['verdict', '4'],
    ['bar', null],
    ['verdict', '5'],
  ])
  expect(events[0]?.data).toEqual({ market: 'bitstamp:BTC-USD', interval: '1h', ...rowAt(3) })
  expect(events[1]?.data).toEqual(await jsonOf(post(rowAt(3))))
})

test('changes of episodes come between the bar and its verdict, live and when a client resumes', async () => {
  const store = memoryStore()
  const { commit } = store
  // Hour 4 alarms.
  const opened: EpisodeEvent = { kind: 'opened', episode: episodeAt(4) }
  store.commit = (stream, steps, snapshot) =>
    commit(
      stream,
      steps.map(step => (step.verdict.date === rowAt(4).date ? { ...step, episodes: [opened] } : step)),
      snapshot,
    )
  const { url, post } = await serving({ store })
  await post(rowsFrom(0, 4))
  await post(rowAt(4))
  await post(rowAt(5))
  const resumed = await eventsOf(`${url}/api/stream?lastEventId=4`, atLeast(2))
  expect(resumed.map(one => [one.event, one.id])).toEqual([
    ['bar', null],
    ['episode', null],
    ['verdict', '5'],
    ['bar', null],
    ['verdict', '6'],
  ])
  expect(resumed[1]?.data).toEqual({ kind: 'opened', episode: episodeAnswer(opened.episode) })
})

test.each(['header', 'query'])(
  'Last-Event-ID as %s resumes after it, with nothing lost and nothing doubled',
  async how => {
    const { url, post } = await serving()
    await post(rowsFrom(0, 20))
    const [query, headers] = how === 'header' ? ['', { 'last-event-id': '5' }] : ['?lastEventId=5', {}]
    const later = () => post(rowsFrom(20, 25))
    const events = await eventsOf(`${url}/api/stream${query}`, atLeast(20), later, headers)
    expect(idsIn(events)).toEqual(numbers(6, 25))
  },
)

test('rows committed while a client catches up are each sent once, in order', async () => {
  const store = memoryStore()
  const { url, post } = await serving({ store, pageRows: 3 })
  await post(rowsFrom(0, 10))
  const { verdictsAfter } = store
  let hour = 10
  // Each page that is read finds the store already one row further, until there are 20.
  store.verdictsAfter = async (...args) => {
    const page = await verdictsAfter(...args)
    if (hour < 20) await post(rowAt(hour++))
    return page
  }
  expect(idsIn(await eventsOf(`${url}/api/stream?lastEventId=0`, atLeast(20)))).toEqual(numbers(1, 20))
})

test('a row that is published after it was fetched from the store is sent once', async () => {
  const store = memoryStore()
  const { url, post } = await serving({ store })
  const { commit } = store
  let publishLater: () => void = () => undefined
  store.commit = async (...args) => {
    const seqs = await commit(...args)
    await new Promise<void>(resolve => {
      publishLater = resolve
    })
    return seqs
  }
  const posted = post(rowAt(0))
  while ((await store.lastSeq(btc)) === 0) await new Promise(setImmediate)
  const events = await eventsOf(`${url}/api/stream?lastEventId=0`, events => {
    if (idsIn(events).length === 1) {
      publishLater()
      store.commit = commit
      void posted.then(() => post(rowAt(1)))
    }
    return idsIn(events).length >= 2
  })
  expect(idsIn(events)).toEqual([1, 2])
})

test('resuming from lastEventId of /api/verdicts, page and stream together have each row once', async () => {
  const { url, post, get } = await serving()
  await post(rowsFrom(0, 4))
  const { verdicts, lastEventId } = await jsonOf<{ verdicts: Verdict[]; lastEventId: string }>(get('/api/verdicts'))
  await post(rowsFrom(4, 7))
  const events = await eventsOf(`${url}/api/stream?lastEventId=${lastEventId}`, atLeast(3))
  const dates = [...verdicts, ...verdictsIn(events).map(one => one.data as Verdict)].map(one => one.date)
  expect(dates).toEqual(rowsFrom(0, 7).map(row => row.date))
})

test('rows of another market are not sent, live or when catching up', async () => {
  const { url, post } = await serving()
  await post(rowsFrom(0, 3))
  await post(rowsFrom(0, 2).map(row => ({ ...row, market: 'kraken:BTC-EUR' })))
  const events = await eventsOf(`${url}/api/stream?market=kraken:BTC-EUR&lastEventId=0`, atLeast(3), async () => {
    await post(rowAt(3))
    await post(rowAt(2, { market: 'kraken:BTC-EUR' }))
  })
  expect(verdictsIn(events).map(one => (one.data as Verdict).market)).toEqual(Array(3).fill('kraken:BTC-EUR'))
})

test('with an id of a database that was emptied since, new rows are sent', async () => {
  const { url, post } = await serving()
  const events = await eventsOf(`${url}/api/stream?lastEventId=5000`, atLeast(1), () => post(rowAt(0)))
  expect(idsIn(events)).toEqual([1])
})

test('an invalid id is answered with 400', async () => {
  const { get } = await serving()
  expect((await get('/api/stream?lastEventId=abc')).status).toBe(400)
  expect((await get('/api/stream?market=x')).status).toBe(400)
})

test('the latest replay is sent at connect, then every change', async () => {
  const { url, send } = await serving()
  const source = { kind: 'csv', name: 'rows.csv' }
  const body = { source, from: '2021-01-01', to: '2021-01-05', everyMs: 1_000, state: 'playing' }
  const made = await jsonOf<Replay>(send('POST', '/api/replays', body))
  const isReplay = (one: Event) => one.event === 'replay'
  const events = await eventsOf(
    `${url}/api/stream`,
    all => all.filter(isReplay).length >= 2,
    () => send('PATCH', `/api/replays/${made.id}`, { state: 'paused' }),
  )
  expect(events.filter(isReplay).map(one => one.data)).toEqual([made, { ...made, state: 'paused', revision: 1 }])
})

test('pings are sent while there is nothing else to send', async () => {
  const { url } = await serving({ pingMs: 1 })
  const events = await eventsOf(`${url}/api/stream`, all => all.length >= 3)
  expect(events).toEqual(Array(3).fill({ event: 'ping', id: null, data: {} }))
})

test('a listener that does not read is disconnected, and can resume with nothing lost', async () => {
  const { url, post } = await serving({ maxUnreadBytes: 2_000 })
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await new Promise(resolve => socket.once('data', resolve))
  socket.pause()
  const closed = new Promise(resolve => socket.once('close', resolve))
  await post(rowsFrom(0, 100))
  socket.resume()
  await closed
  const events = await eventsOf(`${url}/api/stream?lastEventId=90`, atLeast(10))
  expect(idsIn(events)).toEqual(numbers(91, 100))
})

test('when the store fails while a client catches up, the client is disconnected, logged and counted', async () => {
  const store = memoryStore()
  const lines: string[] = []
  const { url, post, get } = await serving({ store, log: pino({}, { write: line => void lines.push(line) }) })
  await post(rowsFrom(0, 3))
  const { verdictsAfter } = store
  store.verdictsAfter = () => Promise.reject(new Error('connection lost'))
  await expect(eventsOf(`${url}/api/stream?lastEventId=0`, atLeast(1))).rejects.toThrow()
  expect(lines.filter(line => line.includes('could not catch up'))).toHaveLength(1)
  expect(lines.join()).toContain('connection lost')
  expect(await (await get('/metrics')).text()).toContain('candlewatch_stream_failures_total 1')
  store.verdictsAfter = verdictsAfter
  expect(idsIn(await eventsOf(`${url}/api/stream?lastEventId=0`, atLeast(3)))).toEqual([1, 2, 3])
})

test('a HEAD request is answered and ends', async () => {
  const { url } = await serving()
  const head = await fetch(`${url}/api/stream`, { method: 'HEAD', signal: AbortSignal.timeout(5_000) })
  expect(head.headers.get('content-type')).toContain('text/event-stream')
  expect((await fetch(`${url}/api/markets`)).status).toBe(200)
})
