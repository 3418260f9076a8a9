import { connect } from 'node:net'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { expect, test, vi } from 'vitest'
import { type Event, eventsOf, jsonOf, rowAt, rowsFrom, type Serving, serving, startMs } from '../serving.suite.ts'
import type { Listener } from './listener.ts'
import { boundUnread } from './unread.ts'

function listener(unread: number) {
  return { unreadBytes: () => unread, disconnect: vi.fn<() => void>() } as unknown as Listener
}

const passed = () => new Promise(resolve => setImmediate(resolve))

test('while the sum of unread bytes is too large, the clients furthest behind are disconnected', async () => {
  const [a, b, c, d] = [listener(10), listener(40), listener(30), listener(0)]
  boundUnread(new Set([a, b, c, d]), 40).written()
  await passed()
  expect(b.disconnect).toHaveBeenCalledOnce()
  for (const other of [a, c, d]) expect(other.disconnect).not.toHaveBeenCalled()
})

test('a sum within the limit disconnects nobody, and later writes are counted again', async () => {
  let bytes = 20
  const a = { ...listener(0), unreadBytes: () => bytes }
  const bound = boundUnread(new Set([a, listener(20)]), 40)
  bound.written()
  await passed()
  expect(a.disconnect).not.toHaveBeenCalled()
  bytes = 21
  bound.written()
  bound.written()
  await passed()
  expect(a.disconnect).toHaveBeenCalledOnce()
})

/** A client that connects and reads nothing after the head. */
async function unreading({ url }: Serving, query = '') {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /api/stream${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  await new Promise(resolve => socket.once('data', resolve))
  socket.pause()
  return socket
}

const listenersOf = async ({ get }: Serving) =>
  Number(/^candlewatch_stream_listeners (\d+)$/m.exec(await (await get('/metrics')).text())?.[1])

/** A minute of January 2021. */
const minuteAt = (minute: number) =>
  rowAt(0, { interval: '1m', date: new Date(startMs + 60_000 * minute).toISOString() })

test('clients that never read are disconnected when their sum is too large, and one that reads goes on', async () => {
  // One client alone may leave more unread than all of them together.
  const server = await serving({ memory: { unreadBytes: 4 * 2 ** 20 }, maxUnreadBytes: 2 ** 30, pingMs: 20 })
  const sockets = await Promise.all(Array.from({ length: 6 }, () => unreading(server, '?interval=1m')))
  let posted = 0
  let isAlone = false
  // The sockets of the system take some megabytes first.
  const postUntilAlone = async () => {
    while (!isAlone && posted < 40_000) {
      const rows = Array.from({ length: 500 }, () => minuteAt(posted++))
      expect((await server.post(rows)).status).toBe(200)
      isAlone = (await listenersOf(server)) <= 1
    }
    isAlone = true
  }
  const events = await eventsOf(
    `${server.url}/api/stream?interval=1m`,
    all => isAlone && all.filter(one => one.event === 'verdict').length >= posted,
    postUntilAlone,
  )
  expect(events.filter(one => one.event === 'verdict')).toHaveLength(posted)
  expect(posted).toBeLessThan(40_000)
  for (const socket of sockets) socket.destroy()
})

test('beyond the number of clients, another one is answered with 503 until one leaves', async () => {
  const server = await serving({ memory: { listeners: 2 } })
  const sockets = [await unreading(server), await unreading(server)]
  const refused = await server.get('/api/stream')
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await jsonOf(refused)).toMatchObject({ status: 503, code: 'ERR_BUSY' })
  sockets[0]?.destroy()
  await vi.waitFor(async () => expect(await listenersOf(server)).toBe(1))
  const events = await eventsOf(
    `${server.url}/api/stream`,
    all => all.some(one => one.event === 'verdict'),
    () => server.post(rowAt(0)),
  )
  expect(events.map(one => one.event)).toContain('verdict')
  sockets[1]?.destroy()
})

test('however many clients resume at once, one page is read at a time', async () => {
  const store = memoryStore()
  const { verdictsAfter } = store
  let [reading, most] = [0, 0]
  store.verdictsAfter = async (...asked) => {
    reading += 1
    most = Math.max(most, reading)
    await new Promise(setImmediate)
    reading -= 1
    return verdictsAfter(...asked)
  }
  const { url, post } = await serving({ store, pageRows: 10 })
  await post(rowsFrom(0, 100))
  const verdictsIn = (all: readonly Event[]) => all.filter(one => one.event === 'verdict')
  const clients = Array.from({ length: 20 }, () =>
    eventsOf(`${url}/api/stream?lastEventId=0`, all => verdictsIn(all).length >= 100),
  )
  for (const events of await Promise.all(clients)) expect(verdictsIn(events)).toHaveLength(100)
  expect(most).toBe(1)
})
