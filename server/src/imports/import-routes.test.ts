import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { Import } from '@candlewatch/api/imports'
import type { Problem } from '@candlewatch/api/problem'
import type { Market } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { fakeText } from '../judging/fake-pipeline.suite.ts'
import { btc, eventsOf, hourMs, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'
import { ended, fileHeader, fileOf, lineAt, linesFrom, sendFile } from './files.suite.ts'

const everything = { ...btc, fromMs: null, toMs: null, limit: 10_000 }
const csv = { 'content-type': 'text/csv' }

/** A store whose history waits until it is let on. */
function waitingStore(): { readonly store: Store; letOn(): void } {
  const store = memoryStore()
  let letOn: () => void = () => {}
  const wait = new Promise<void>(resolve => {
    letOn = resolve
  })
  const { appendHistory } = store
  return {
    store: Object.assign(store, { appendHistory: (series: never) => wait.then(() => appendHistory(series)) }),
    letOn,
  }
}

test('a check says what a file contains and what an import would do with it, and writes nothing', async () => {
  const server = await serving()
  await server.post(rowsFrom(10, 20))
  await server.store.appendHistory({
    ...btc,
    name: 'before',
    bars: (await server.store.bars(everything))
      .slice(0, 1)
      .map(bar => ({ ...bar, ts: (bar.ts - hourMs) as typeof bar.ts })),
  })
  const lines = [...linesFrom(8, 14), ...linesFrom(16, 24), lineAt(30), lineAt(30)]
  expect(await jsonOf(sendFile(server, lines, '&check=true'))).toEqual({
    name: 'rows.csv',
    market: 'bitstamp:BTC-USD',
    interval: '1h',
    columns: fileHeader.split(','),
    rows: 15,
    repeated: 1,
    first: rowAt(8).date,
    last: rowAt(30).date,
    fresh: 5,
    known: 8,
    fills: 0,
    late: 2,
    replaced: 1,
    missing: 8,
    gapCount: 2,
    gaps: [
      { from: rowAt(24).date, to: rowAt(30).date, missing: 6 },
      { from: rowAt(14).date, to: rowAt(16).date, missing: 2 },
    ],
  })
  expect(await server.store.bars(everything)).toHaveLength(10)
  expect(await jsonOf(server.get('/api/imports'))).toEqual({ imports: [] })
})

test('an import of a new market is judged row by row, like live rows', async () => {
  const server = await serving()
  const response = await sendFile(server, linesFrom(0, 2_500).slice(0, 700), '&market=kraken:ETH-EUR')
  expect(response.status).toBe(202)
  const begun = await jsonOf<Import>(response)
  expect(response.headers.get('location')).toBe(`/api/imports/${begun.id}`)
  const shown = await ended(server, begun)
  expect(shown).toMatchObject({
    state: 'done',
    name: 'rows.csv',
    market: 'kraken:ETH-EUR',
    interval: '1h',
    rows: 700,
    done: 700,
    judged: 700,
    known: 0,
    late: 0,
    first: rowAt(0).date,
    last: rowAt(699).date,
    error: null,
  })
  expect(await jsonOf(server.get('/api/imports'))).toEqual({ imports: [shown] })
  const live = await serving()
  await live.post(rowsFrom(0, 700).map(row => ({ ...row, market: 'kraken:ETH-EUR' })))
  const verdictsOf = async ({ store }: typeof server) =>
    (await store.verdicts({ ...everything, market: 'kraken:ETH-EUR' as Market })).map(({ verdict }) => verdict)
  expect(await verdictsOf(server)).toEqual(await verdictsOf(live))
})

test('rows after the newest bar are judged, known rows are counted, and older ones are added to history only', async () => {
  const server = await serving()
  await server.post(rowsFrom(10, 20))
  const shown = await ended(server, await jsonOf(sendFile(server, linesFrom(5, 30))))
  expect(shown).toMatchObject({ state: 'done', rows: 25, done: 25, judged: 10, known: 10, late: 5 })
  const verdicts = await server.store.verdicts(everything)
  expect(verdicts).toHaveLength(20)
  expect(fakeText(verdicts.at(-1)!.verdict)).toContain('step 20')
  const [{ imported }] = (await jsonOf<{ coverage: [{ imported: object }] }>(server.get('/api/coverage'))).coverage
  expect(imported).toEqual({ rows: 5, first: rowAt(5).date, last: rowAt(9).date })
})

test('the same file again changes nothing', async () => {
  const server = await serving()
  await ended(server, await jsonOf(sendFile(server, linesFrom(0, 20))))
  const before = await server.store.verdicts(everything)
  const again = await ended(server, await jsonOf(sendFile(server, linesFrom(0, 20))))
  expect(again).toMatchObject({ state: 'done', judged: 0, known: 20 })
  expect(await server.store.verdicts(everything)).toEqual(before)
})

test('a file with bad lines is refused completely, with every error by line', async () => {
  const server = await serving()
  const lines = [...linesFrom(0, 5), lineAt(5, { high: 1 }), 'nonsense', lineAt(6, { close: 'abc' })]
  const response = await sendFile(server, lines)
  expect(response.status).toBe(422)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await jsonOf(response)).toMatchObject({
    code: 'ERR_CSV_ROW',
    detail:
      'rows.csv: nothing was imported; line 7, column high: expected at least the low, 95, found "1" (the first of 3 faults). Correct or delete such lines, then send the file again.',
    errors: [
      { line: 7, column: 'high', expected: 'at least the low, 95', found: '"1"' },
      { line: 8, column: null, expected: '6 columns', found: '1' },
      { line: 9, column: 'close', expected: 'a positive number', found: '"abc"' },
    ],
    errorCount: 3,
  })
  expect(await server.store.bars(everything)).toEqual([])
  expect(await server.store.historyStreams()).toEqual([])
})

test('a file that consists of faults is not read to its end', async () => {
  const server = await serving()
  const problem = await jsonOf<Problem>(sendFile(server, Array(200_000).fill('nonsense')))
  expect(problem).toMatchObject({ status: 422, code: 'ERR_CSV_ROW', errorCount: 1_000 })
  expect(problem.detail).toContain('(the first of at least 1000 faults)')
  expect(problem.errors).toHaveLength(100)
  expect((await server.post(rowAt(0))).status).toBe(200)
})

test('a file of one line without an end is refused, and the next file is read', async () => {
  const server = await serving()
  const problem = await jsonOf<Problem>(sendFile(server, [','.repeat(5_000_000)]))
  expect(problem).toMatchObject({ status: 422, code: 'ERR_CSV_LAYOUT' })
  expect(problem.detail).toContain('lines of at most 10000 bytes')
  expect((await sendFile(server, linesFrom(0, 5))).status).toBe(202)
})

test('a file that contradicts stored rows is refused completely, with each line', async () => {
  const server = await serving()
  await server.post(rowsFrom(0, 10))
  const response = await sendFile(server, [...linesFrom(0, 4), lineAt(4, { close: 104.5 }), ...linesFrom(5, 20)])
  expect(response.status).toBe(409)
  expect(await jsonOf(response)).toMatchObject({
    code: 'ERR_BAR_CONFLICT',
    detail: expect.stringContaining('1 of its 20 rows have other numbers than the stored bars of bitstamp:BTC-USD 1h'),
    errors: [{ line: 6, column: 'close', expected: `109, as stored for ${rowAt(4).date}`, found: '104.5' }],
    errorCount: 1,
  })
  expect(await server.store.bars(everything)).toHaveLength(10)
})

test('bars that have not closed, and dates before 1970, are refused by line', async () => {
  const server = await serving()
  const lines = ['1969-12-31T23:00:00Z,1,1,1,1,1', ...linesFrom(0, 3), lineAt(744)]
  expect(await jsonOf(sendFile(server, lines))).toMatchObject({
    code: 'ERR_CSV_ROW',
    errors: [
      { line: 2, column: 'date', expected: 'a date from 1970 on', found: '1969-12-31T23:00:00Z' },
      { line: 6, column: 'date', expected: 'a bar that has closed by now, 2021-02-01T00:00:00Z' },
    ],
  })
})

test.each([
  ['no rows', '', 422, 'ERR_CSV_EMPTY'],
  ['a header alone', fileHeader, 422, 'ERR_CSV_EMPTY'],
  ['one row, of which no interval follows', `${fileHeader}\n${lineAt(0)}`, 422, 'ERR_CSV_EMPTY'],
  ['other columns', 'a,b\n1,2', 422, 'ERR_CSV_LAYOUT'],
  ['a market that is none', `symbol,${fileHeader}\n?,${lineAt(0)}\n?,${lineAt(1)}`, 422, 'ERR_CSV_LAYOUT'],
  ['rows forty days apart', `${fileHeader}\n2020-10-25,1,1,1,1,1\n2020-12-04,1,1,1,1,1`, 422, 'ERR_CSV_LAYOUT'],
])('%s is refused, and nothing is written', async (_, body, status, code) => {
  const server = await serving()
  const response = await fetch(`${server.url}/api/imports`, { method: 'POST', headers: csv, body })
  expect([response.status, (await jsonOf<Problem>(response)).code]).toEqual([status, code])
  expect(await server.store.historyStreams()).toEqual([])
})

test('one row is enough if the interval is given', async () => {
  const server = await serving()
  expect(await jsonOf(sendFile(server, [lineAt(0)], '&interval=1h&check=true'))).toMatchObject({ rows: 1, fresh: 1 })
})

test.each([
  ['application/json', {}],
  ['application/x-www-form-urlencoded', {}],
  ['text/plain', {}],
  ['text/csv', { 'content-encoding': 'gzip' }],
])('a file sent as %s %j is refused, whatever it contains', async (type, headers) => {
  const { url } = await serving()
  // 50 kB that would unpack to 50 MB.
  const body = gzipSync(Buffer.alloc(50 * 2 ** 20, '1,'))
  const response = await fetch(`${url}/api/imports`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  })
  expect(await jsonOf(response)).toMatchObject({ status: 415, code: 'ERR_BODY_TYPE' })
})

test('a file of 100 MB is refused by its announced length, before any of it is read', async () => {
  const { url } = await serving()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /api/imports HTTP/1.1', 'Host: localhost', 'Content-Type: text/csv', 'Content-Length: 104857600']
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*ERR_BODY_TOO_LARGE/)
  socket.destroy()
})

test('an endless file without an announced length is refused after 64 MB, and memory does not grow by it', async () => {
  const { url } = await serving()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const answered = once(socket, 'data') as Promise<[Buffer]>
  const head = ['POST /api/imports HTTP/1.1', 'Host: localhost', 'Content-Type: text/csv', 'Transfer-Encoding: chunked']
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  // Empty lines are no rows: nothing of them is kept.
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(2 ** 20, '\n'), Buffer.from('\r\n')])
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  let done = false
  void answered.then(() => {
    done = true
  })
  for (let i = 0; i < 70 && !done; i++) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), answered])
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  expect((await answered)[0].toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*ERR_BODY_TOO_LARGE/)
  expect(most).toBeLessThan(60 * 2 ** 20)
  socket.destroy()
})

test('when a sender disconnects, nothing is written, and the next file is read', async () => {
  const server = await serving()
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /api/imports HTTP/1.1', 'Host: localhost', 'Content-Type: text/csv', 'Content-Length: 100000']
  socket.write(`${head.join('\r\n')}\r\n\r\n${fileOf(linesFrom(0, 20))}`)
  // While that one is being read, another is not.
  const second = async () => (await jsonOf<Problem>(sendFile(server, linesFrom(0, 2)))).code
  await expect.poll(second).toBe('ERR_IMPORT_RUNNING')
  socket.destroy()
  await expect.poll(async () => (await sendFile(server, linesFrom(0, 2), '&check=true')).status).toBe(200)
  expect(await server.store.historyStreams()).toEqual([])
})

test('a second file during an import is answered with 409, while live rows and checks are answered', async () => {
  const { store, letOn } = waitingStore()
  const server = await serving({ store })
  const begun = await jsonOf<Import>(sendFile(server, linesFrom(0, 20)))
  const second = await sendFile(server, linesFrom(0, 20))
  expect(second.status).toBe(409)
  expect(await jsonOf(second)).toMatchObject({
    code: 'ERR_IMPORT_RUNNING',
    detail: expect.stringContaining('rows.csv is being imported (0 of 20 rows)'),
  })
  expect((await sendFile(server, linesFrom(0, 20), '&check=true')).status).toBe(200)
  expect((await server.post(rowAt(0, { market: 'a:live' }))).status).toBe(200)
  letOn()
  expect(await ended(server, begun)).toMatchObject({ state: 'done', judged: 20 })
  expect((await sendFile(server, linesFrom(0, 20))).status).toBe(202)
})

test('the rest of a large file that is refused is skipped, and the connection stays open', async () => {
  const { store, letOn } = waitingStore()
  const server = await serving({ store })
  const begun = await jsonOf<Import>(sendFile(server, linesFrom(0, 20)))
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  let answers = ''
  socket.on('data', (chunk: Buffer) => {
    answers += chunk
  })
  const head = [
    'POST /api/imports HTTP/1.1',
    'Host: localhost',
    'Content-Type: text/csv',
    `Content-Length: ${8 * 2 ** 20}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  socket.write(Buffer.alloc(8 * 2 ** 20, '\n'))
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(() => answers).toMatch(/^HTTP\/1.1 409 [\s\S]*ERR_IMPORT_RUNNING[\s\S]*HTTP\/1.1 200 /)
  // One who leaves in the middle of such a file harms nobody.
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await expect.poll(() => answers.match(/ERR_IMPORT_RUNNING/g)).toHaveLength(2)
  socket.destroy()
  letOn()
  expect(await ended(server, begun)).toMatchObject({ state: 'done' })
})

test('a cancelled import keeps what is stored, and continues when the file is sent again', async () => {
  const { store, letOn } = waitingStore()
  const server = await serving({ store })
  const lines = Array.from({ length: 1_500 }, (_, i) =>
    lineAt(0, { date: new Date(Date.UTC(2021, 0, 1) + i * 60_000).toISOString() }),
  )
  const begun = await jsonOf<Import>(sendFile(server, lines))
  const stopped = await fetch(`${server.url}/api/imports/${begun.id}`, { method: 'DELETE' })
  expect(await jsonOf(stopped)).toMatchObject({ id: begun.id, state: 'running' })
  letOn()
  expect(await ended(server, begun)).toMatchObject({ state: 'stopped', rows: 1_500, done: 1_000, judged: 1_000 })
  const again = await ended(server, await jsonOf(sendFile(server, lines)))
  expect(again).toMatchObject({ state: 'done', known: 1_000, judged: 500 })
})

test('an import fails with a reason when the database is lost, and the file can be sent again', async () => {
  const store = memoryStore()
  const server = await serving({ store })
  const { commit } = store
  store.commit = () => Promise.reject(new Error('gone'))
  const failed = await ended(server, await jsonOf(sendFile(server, linesFrom(0, 20))))
  expect(failed).toMatchObject({ state: 'failed', done: 0, error: { code: 'ERR_NOT_STORED' } })
  store.commit = commit
  const again = await ended(server, await jsonOf(sendFile(server, linesFrom(0, 20))))
  expect(again).toMatchObject({ state: 'done', judged: 20 })
})

test('a live row that overtakes an import of its market does not end it: the rows are judged, and the live row again', async () => {
  const { store, letOn } = waitingStore()
  const server = await serving({ store })
  const begun = await jsonOf<Import>(sendFile(server, linesFrom(0, 20)))
  expect((await server.post(rowAt(30))).status).toBe(200)
  expect((await server.post(rowAt(31))).status).toBe(200)
  letOn()
  expect(await ended(server, begun)).toMatchObject({ state: 'done', done: 20, judged: 20, late: 0 })
  const verdicts = await store.verdicts(everything)
  expect(verdicts).toHaveLength(22)
  expect(fakeText(verdicts.at(-1)?.verdict)).toMatch(/^step 22, warm-up 0,/)
})

test('a live row that arrives before the same row of an import stays as it is', async () => {
  const { store, letOn } = waitingStore()
  const server = await serving({ store })
  await server.post(rowsFrom(0, 3))
  const begun = await jsonOf<Import>(sendFile(server, linesFrom(0, 20)))
  expect((await server.post(rowAt(10, { volume: 9 }))).status).toBe(200)
  letOn()
  expect(await ended(server, begun)).toMatchObject({ state: 'done', judged: 16, late: 0 })
  expect((await store.bars(everything)).map(({ volume }) => volume === 9)).toEqual(
    Array.from({ length: 20 }, (_, hour) => hour === 10),
  )
})

test('an import fills the gaps of a market while its feed goes on', async () => {
  const server = await serving()
  await server.post([...rowsFrom(5, 10), ...rowsFrom(14, 20), ...rowsFrom(23, 30)])
  expect(await jsonOf(sendFile(server, linesFrom(0, 30), '&check=true'))).toMatchObject({
    fresh: 0,
    known: 18,
    fills: 7,
    late: 5,
  })
  const begun = await jsonOf<Import>(sendFile(server, linesFrom(0, 30)))
  expect((await server.post(rowAt(30))).status).toBe(200)
  expect(await ended(server, begun)).toMatchObject({ state: 'done', judged: 7, known: 18, fills: 7, late: 5 })
  const verdicts = (await server.store.verdicts(everything)).map(({ verdict }) => verdict)
  expect(verdicts.map(({ date }) => date)).toEqual(rowsFrom(5, 31).map(({ date }) => date))
  const { corrections } = await jsonOf<{ corrections: object[] }>(server.get('/api/corrections'))
  expect(corrections).toMatchObject([{ kind: 'filled', bars: 7, date: rowAt(10).date }])
})

test('the stream sends the progress of an import to every listener', async () => {
  const server = await serving()
  const events = await eventsOf(
    `${server.url}/api/stream?market=a:other`,
    all => all.some(({ event, data }) => event === 'import' && (data as Import).state === 'done'),
    () => sendFile(server, linesFrom(0, 20)),
  )
  const told = events.filter(({ event }) => event === 'import').map(({ data }) => data as Import)
  expect(told.map(({ state, done }) => [state, done])).toEqual([
    ['running', 0],
    ['running', 20],
    ['done', 20],
  ])
})

test('an unknown import is answered with 404, by any method', async () => {
  const { get, url } = await serving()
  expect(await jsonOf(get('/api/imports/7'))).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' })
  expect((await fetch(`${url}/api/imports/7`, { method: 'DELETE' })).status).toBe(404)
})

test('a key of scope read may read imports, one of scope ingest may make and cancel them', async () => {
  const { ask } = await keyed()
  for (const [scope, refused] of [
    ['read', true],
    ['ingest', false],
  ] as const) {
    expect((await ask('GET', '/api/imports', scope)).status).toBe(200)
    expect((await ask('POST', '/api/imports', scope, [])).status === 403).toBe(refused)
    expect((await ask('DELETE', '/api/imports/7', scope)).status === 403).toBe(refused)
  }
})

test('closed hours of a market are no gaps of its file', async () => {
  const server = await serving()
  const isOpen = (hour: number) => hour % 24 >= 14 && hour % 24 < 21
  const hours = Array.from({ length: 24 * 10 }, (_, hour) => hour).filter(hour => isOpen(hour) && hour !== 6 * 24 + 16)
  const response = sendFile(
    server,
    hours.map(hour => lineAt(hour)),
    '&check=true',
  )
  // The hour that is missing in a session, and the first night, which nobody knows yet to be one.
  expect(await jsonOf(response)).toMatchObject({ gapCount: 2, missing: 17 + 1 })
})
