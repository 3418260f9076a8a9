import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { rowAt, serving } from '../serving.suite.ts'

/** The answer to these bytes, until the server closes the connection. */
function sent(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    socket.once('close', () => resolve(text)).once('error', reject)
  })
}

it.each([
  ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n', 400],
  ['a header that is none', 'GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n', 400],
  ['20 kB of headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
])('%s is answered in the form of all problems, and disconnected', async (_what, bytes, status) => {
  const { url } = await serving()
  const [head, body] = (await sent(url, bytes)).split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json.*X-Request-Id: .*close$`, 's'))
  expect(JSON.parse(body!)).toMatchObject({ status, code: 'ERR_REQUEST_INVALID' })
})

const code = async (response: Response) => ({
  ...((await response.json()) as { readonly detail: string }),
  status: response.status,
})

it('request headers that cannot be met, and paths that lead out of the page, are not server errors', async () => {
  const { url } = await serving()
  const json = { 'content-type': 'application/json' }
  const post = (headers: Record<string, string>, body: string | Buffer) =>
    fetch(`${url}/predict_anomaly`, { method: 'POST', headers: { ...json, ...headers }, body }).then(code)
  expect(await post({ 'content-encoding': 'gzip' }, '{}')).toMatchObject({ status: 400, code: 'ERR_BODY_SHAPE' })
  const bomb = gzipSync(Buffer.alloc(20_000_000, ' '))
  expect(await post({ 'content-encoding': 'gzip' }, bomb)).toMatchObject({ status: 413, code: 'ERR_BODY_TOO_LARGE' })
  expect(await post({ 'content-encoding': 'zip' }, '{}')).toMatchObject({ status: 415, code: 'ERR_BODY_TYPE' })
  const range = await fetch(`${url}/docs/swagger-ui.css`, { headers: { range: 'bytes=99999999-' } })
  expect(await code(range)).toMatchObject({ status: 400, code: 'ERR_REQUEST_INVALID' })
  const out = await sent(url, 'GET /..%2f..%2fpackage.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect(out).toContain('ERR_NOT_FOUND')
})

it('an unknown expectation is ignored, and the request is answered', async () => {
  const { url } = await serving()
  const answer = await sent(url, 'GET /x HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\nConnection: close\r\n\r\n')
  expect(answer).toContain('ERR_NOT_FOUND')
})

it('values that a database cannot hold are refused: a NUL or half a surrogate pair in a text, a cursor past the last date, the year 99', async () => {
  const { post, get, send } = await serving()
  const budget = await send('PUT', '/api/budget', { alarmsPerWeek: 1, note: 'a\0b' })
  expect(await code(budget)).toMatchObject({ status: 422, code: 'ERR_BUDGET_INVALID', field: 'note' })
  const [from, to] = [rowAt(0).date, rowAt(9).date]
  const replay = await send('POST', '/api/replays', { source: { kind: 'csv', name: 'half of \ud83d' }, from, to })
  expect(await code(replay)).toMatchObject({ status: 422, code: 'ERR_REPLAY_INVALID', field: 'source.name' })
  // The year 10000, also by its zone, and far beyond.
  for (const ms of [253_402_300_800_000, 999_999_999_999_999, 10 ** 16]) {
    const cursor = Buffer.from(`before:${ms}`).toString('base64url')
    expect(await code(await get(`/api/bars?cursor=${cursor}`))).toMatchObject({ status: 400, field: 'cursor' })
  }
  for (const date of ['9999-12-31T23:59:59-14:00', '9999-12-31']) {
    expect(await code(await get(`/api/bars?from=${date}`))).toMatchObject({ status: 400, field: 'from' })
  }
  const row = await post(rowAt(0, { date: '0099-01-01T00:00:00Z' }))
  expect(await code(row)).toMatchObject({ status: 422, code: 'ERR_ROW_INVALID', field: 'date' })
})

it('prices outside the accepted range are refused, and the answer names the range', async () => {
  const { post } = await serving()
  for (const [changes, field] of [
    [{ high: 1e308 }, 'high'],
    [{ low: 5e-324 }, 'low'],
    [{ volume: 1e300 }, 'volume'],
  ] as const) {
    const answer = await code(await post(rowAt(0, changes)))
    expect(answer).toMatchObject({ status: 422, code: 'ERR_BAR_IMPOSSIBLE', field })
  }
})

it('the answer to an array with a bad row says which it is, and that nothing was stored', async () => {
  const { post, get } = await serving()
  const rows = Array.from({ length: 600 }, (_, i) => rowAt(i, i === 500 ? { high: 1 } : {}))
  const answer = await code(await post(rows))
  expect(answer).toMatchObject({ status: 422, code: 'ERR_BAR_IMPOSSIBLE', field: '[500].high' })
  expect(answer.detail).toMatch(/^\[500\].high: Expected .* Nothing of this array was stored\.$/)
  expect(await (await get('/api/bars')).json()).toMatchObject({ bars: [] })
})
