import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { expect, test, vi } from 'vitest'
import { jsonOf, rowAt, rowsFrom, type Serving, serving } from '../serving.suite.ts'

/** A store whose commits wait until they are let on. */
function waitingStore() {
  const store = memoryStore()
  const { commit } = store
  let letOn: () => void = () => undefined
  const wait = new Promise<void>(resolve => {
    letOn = resolve
  })
  const waiting = vi.fn<() => void>()
  store.commit = async (...args) => {
    waiting()
    await wait
    return commit(...args)
  }
  return { store, letOn: () => letOn(), waiting }
}

const busy = { status: 503, code: 'ERR_BUSY' }
const rowsOf = (market: string, count: number) => rowsFrom(0, count).map(row => ({ ...row, market }))

/** Sends the head of a post and the beginning of its body. */
function begin({ url }: Serving, headers: readonly string[], body: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /predict_anomaly HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...headers]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return socket
}

const answerOf = async (socket: Socket) => String((await once(socket, 'data'))[0])

test('bytes of bodies are counted when they are announced; beyond the limit the answer is 503 before the body is read', async () => {
  const server = await serving({ memory: { bodyBytes: 100_000 } })
  const first = begin(server, ['Content-Length: 80000'], '[')
  // A body of which nothing is known yet but its length.
  await vi.waitFor(async () => {
    const second = begin(server, ['Content-Length: 30000'], '')
    expect(await answerOf(second)).toMatch(/^HTTP\/1.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*ERR_BUSY/)
    second.destroy()
  })
  // Small bodies are counted by themselves.
  expect((await server.post(rowAt(0))).status).toBe(200)
  first.destroy()
  await vi.waitFor(async () => expect((await server.post(rowsFrom(1, 300))).status).toBe(200))
})

test('bytes of a body without a length are counted as they come', async () => {
  const server = await serving({ memory: { bodyBytes: 100_000 } })
  const first = begin(server, ['Content-Length: 60000'], '[')
  const piece = `${(20_000).toString(16)}\r\n${' '.repeat(20_000)}\r\n`
  await vi.waitFor(async () => {
    const second = begin(server, ['Transfer-Encoding: chunked'], piece)
    const answered = answerOf(second)
    second.write(piece)
    second.write(piece)
    expect(await answered).toMatch(/^HTTP\/1.1 503 [\s\S]*ERR_BUSY/)
    second.destroy()
  })
  first.destroy()
})

test('bytes of a compressed body are counted as they are decompressed', async () => {
  const server = await serving({ memory: { bodyBytes: 100_000 } })
  const first = begin(server, ['Content-Length: 60000'], '[')
  const body = gzipSync(JSON.stringify(rowsFrom(0, 700)))
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const send = () => fetch(`${server.url}/predict_anomaly`, { method: 'POST', headers, body })
  await vi.waitFor(async () => expect(await jsonOf(send())).toMatchObject(busy))
  first.destroy()
  await vi.waitFor(async () => expect((await send()).status).toBe(200))
})

test('rows are counted until they are answered; beyond the limit the answer is 503 and nothing is judged', async () => {
  const { store, letOn, waiting } = waitingStore()
  const { post } = await serving({ store, memory: { rows: 3_000 } })
  const rows = Array.from({ length: 2_000 }, (_, minute) =>
    rowAt(0, { market: 'a:B', interval: '1m', date: new Date(Date.UTC(2021, 0, 1, 0, minute)).toISOString() }),
  )
  const first = post(rows)
  await vi.waitFor(() => expect(waiting).toHaveBeenCalled())
  const refused = await post(rows.map(row => ({ ...row, market: 'a:C' })))
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await jsonOf(refused)).toMatchObject(busy)
  const small = post(rowsOf('a:D', 500))
  letOn()
  expect((await first).status).toBe(200)
  expect((await small).status).toBe(200)
  expect((await post(rows.map(row => ({ ...row, market: 'a:C' })))).status).toBe(200)
})

test('a request alone is answered, however large it is', async () => {
  const { post } = await serving({ memory: { rows: 10, bodyBytes: 10 } })
  expect((await post(rowsFrom(0, 700))).status).toBe(200)
  expect((await post(rowsFrom(0, 700))).status).toBe(200)
})

test('the rows that a listing of verdicts can have are counted', async () => {
  const store = memoryStore()
  const { verdicts } = store
  let letOn: () => void = () => undefined
  const wait = new Promise<void>(resolve => {
    letOn = resolve
  })
  const reading = vi.fn<() => void>()
  store.verdicts = async range => {
    reading()
    await wait
    return verdicts(range)
  }
  const { get } = await serving({ store, memory: { rows: 12_000 } })
  const first = get('/api/verdicts?limit=10000')
  await vi.waitFor(() => expect(reading).toHaveBeenCalled())
  expect(await jsonOf(get('/api/verdicts?limit=5000'))).toMatchObject(busy)
  letOn()
  expect((await first).status).toBe(200)
  expect((await get('/api/verdicts?limit=5000')).status).toBe(200)
})

test('listings of faults are read one at a time, however many ask', async () => {
  const store = memoryStore()
  const { faults } = store
  let [reading, most] = [0, 0]
  store.faults = async range => {
    reading += 1
    most = Math.max(most, reading)
    await new Promise(setImmediate)
    reading -= 1
    return faults(range)
  }
  const { get } = await serving({ store })
  const answers = await Promise.all(Array.from({ length: 20 }, () => get('/api/faults?limit=10000')))
  expect(answers.map(answer => answer.status)).toEqual(Array(20).fill(200))
  expect(most).toBe(1)
})
