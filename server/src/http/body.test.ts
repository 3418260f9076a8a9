import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { jsonOf, rowAt, serving } from '../serving.suite.ts'

test('a body of 50 MB is refused by its announced length, before any of it is read', async () => {
  const { url } = await serving()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /predict_anomaly HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']
  socket.write(`${head.join('\r\n')}\r\nContent-Length: 52428800\r\n\r\n[`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*application\/problem\+json[\s\S]*ERR_BODY_TOO_LARGE/)
  socket.destroy()
})

test('a body of 200 MB without an announced length is refused, and memory does not grow by it', async () => {
  const { url } = await serving()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const answered = once(socket, 'data') as Promise<[Buffer]>
  const head = ['POST /predict_anomaly HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']
  socket.write(`${head.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n`)
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(2 ** 20, ' '), Buffer.from('\r\n')])
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  for (let i = 0; i < 200; i++) {
    if (!socket.write(piece)) await once(socket, 'drain')
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  socket.write('0\r\n\r\n')
  expect((await answered)[0].toString()).toMatch(/^HTTP\/1.1 413 [\s\S]*ERR_BODY_TOO_LARGE/)
  expect(most).toBeLessThan(100 * 2 ** 20)
  socket.destroy()
})

test('a body of 50 kB that unpacks to 50 MB is refused once 4 MB are unpacked', async () => {
  const { url } = await serving()
  const body = gzipSync(Buffer.alloc(50 * 2 ** 20, '['))
  expect(body.length).toBeLessThan(100_000)
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const response = await fetch(`${url}/predict_anomaly`, { method: 'POST', headers, body })
  expect(await jsonOf(response)).toMatchObject({ status: 413, code: 'ERR_BODY_TOO_LARGE' })
})

test('10,001 rows, and deeply nested arrays, are refused, and the server continues', async () => {
  const { post } = await serving()
  expect(await jsonOf(post(`[${'{},'.repeat(10_000)}{}]`))).toMatchObject({ code: 'ERR_BODY_TOO_LARGE' })
  const deep = '['.repeat(500_000) + ']'.repeat(500_000)
  expect((await post(deep)).status).toBeLessThan(500)
  expect((await post(rowAt(0))).status).toBe(200)
})

test('keys that target the prototype of objects change nothing', async () => {
  const { post, get, send } = await serving()
  const row = JSON.stringify(rowAt(0)).slice(0, -1)
  const reach = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'
  expect((await post(`${row},${reach}}`)).status).toBe(200)
  await send('PUT', '/api/budget', `{"alarmsPerWeek":2,${reach}}`)
  await send('POST', '/api/labels', `{"__proto__":{"mark":"right"},${reach}}`)
  await get('/api/bars?__proto__[polluted]=1&constructor[prototype][polluted]=1')
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test.each(['market', 'interval', 'from', 'to', 'limit', 'cursor', 'lastEventId'])(
  'SQL as %s of a query is refused before it reaches the database',
  async name => {
    const { get } = await serving()
    const path = name === 'lastEventId' ? '/api/stream' : '/api/bars'
    const sql = encodeURIComponent("a:b'; drop table bars; --")
    expect(await jsonOf(get(`${path}?${name}=${sql}`))).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID' })
  },
)

test('SQL as the market of a row is refused', async () => {
  const { post } = await serving()
  const row = rowAt(0, { market: "a:b'; drop table bars; --" })
  expect(await jsonOf(post(row))).toMatchObject({ status: 422, field: 'market' })
})

test('an address of more than 2,048 characters is answered with 414', async () => {
  const { get } = await serving()
  expect(await jsonOf(get(`/api/bars?market=${'a'.repeat(2_048)}`))).toMatchObject({
    code: 'ERR_URL_TOO_LONG',
    status: 414,
  })
})

test('a request id of the caller is returned, unless it could break a log line', async () => {
  const { ask } = await keyed()
  const idFor = async (id: string) =>
    (await ask('GET', '/api/bars', 'read', undefined, { 'x-request-id': id })).headers.get('x-request-id')
  expect(await idFor('trace-7')).toBe('trace-7')
  for (const id of ['a b', '"}', '<script>', 'x'.repeat(129)]) expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/)
})
