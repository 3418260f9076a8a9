import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Client, makeClient, Refused } from './client.ts'
import { barAt, barsFrom, hourMs, replayOf, verdictOf } from './rows.suite.ts'
import { followReplay, makeSteering } from './steering.ts'

type Answer = (body: unknown, response: ServerResponse, request: IncomingMessage) => void

/** A server that answers the n-th request with the n-th answer, then always with the last. */
async function against(...answers: Answer[]) {
  return withKey(null, ...answers)
}

async function withKey(apiKey: string | null, ...answers: Answer[]) {
  const bodies: unknown[] = []
  const waits: number[] = []
  const stop = new AbortController()
  const hooks = { slept: (): void => undefined }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += String(chunk)
    })
    request.on('end', () => {
      const body: unknown = text === '' ? null : JSON.parse(text)
      bodies.push(body)
      answers[Math.min(bodies.length, answers.length) - 1]!(body, response, request)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client: Client = makeClient({
    url,
    apiKey,
    intervalMs: hourMs,
    signal: stop.signal,
    timer: {
      async sleep(ms) {
        waits.push(ms)
        hooks.slept()
      },
    },
    onRetry: () => undefined,
  })
  return { client, bodies, waits, stop, hooks, url }
}

const answerAll: Answer = (body, response) => {
  const verdicts = [body].flat().map((_, i) => verdictOf(barAt(i)))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(Array.isArray(body) ? verdicts : verdicts[0]))
}
const fail =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_body, response) => {
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify({ code: 'ERR_X', detail: 'Because.' }))
  }
const hangUp: Answer = (_body, response) => response.destroy()

test('one bar is sent as an object, several as an array, dated by their open times', async () => {
  const { client, bodies } = await against(answerAll)
  expect(await client.post([barAt(0)], 'r1')).toEqual([verdictOf(barAt(0))])
  expect(await client.post(barsFrom(0, 2), 'r1')).toHaveLength(2)
  const { open, high, low, close, volume } = barAt(0)
  const row = { date: '2021-01-01T00:00:00Z', open, high, low, close, volume }
  expect(bodies[0]).toEqual({ ...row, market: 'bitstamp:BTC-USD', interval: '1h' })
  expect(bodies[1]).toHaveLength(2)
})

test('after answers of 503 and cut connections the same rows are sent again until they are answered', async () => {
  const { client, bodies, waits } = await against(
    fail(503),
    hangUp,
    fail(503, { 'retry-after': '1' }),
    fail(502),
    answerAll,
  )
  expect(await client.post(barsFrom(0, 3), 'r1')).toHaveLength(3)
  expect(bodies).toHaveLength(5)
  expect(new Set(bodies.map(body => JSON.stringify(body))).size).toBe(1)
  expect(waits).toEqual([100, 200, 1_000, 800])
})

test('while a server does not come back the waits grow to two seconds, and stopping ends them', async () => {
  const { client, waits, stop, hooks } = await against(hangUp)
  hooks.slept = () => {
    if (waits.length === 9) stop.abort(new Error('Ctrl-C'))
  }
  await expect(client.post([barAt(0)], 'r1')).rejects.toThrow('Ctrl-C')
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000])
})

test('a row that the server refuses fails at once, with its reason', async () => {
  const { client, bodies } = await against(fail(422))
  await expect(client.post([barAt(0)], 'r1')).rejects.toThrow(new Refused('422 ERR_X: Because.'))
  expect(bodies).toHaveLength(1)
})

test('rows name their replay, and an answer that rows of another source came ends it at once', async () => {
  const urls: unknown[] = []
  const { client } = await against(
    (body, response, request) => {
      urls.push(request.url)
      answerAll(body, response, request)
    },
    (_body, response) =>
      response
        .writeHead(409, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ code: 'ERR_REPLAY_DISPLACED', detail: 'It has rows that no replay sent.' })),
  )
  await client.post([barAt(0)], 'r1')
  expect(urls).toEqual(['/predict_anomaly?replay=r1'])
  await expect(client.post([barAt(1)], 'r1')).rejects.toMatchObject({ code: 'ERR_REPLAY_DISPLACED' })
})

test.each([['cw_1'], [null]])('the key %s is sent with every request, or none is', async apiKey => {
  const shown: unknown[] = []
  const { client } = await withKey(apiKey, (body, response, request) => {
    shown.push(request.headers.authorization)
    answerAll(body, response, request)
  })
  await client.post([barAt(0)], 'r1')
  await client.post(barsFrom(0, 2), 'r1')
  expect(shown).toEqual(Array(2).fill(apiKey === null ? undefined : `Bearer ${apiKey}`))
})

test.each([401, 403])('a key that is refused with %i ends the replay, and the error says what to set', async status => {
  const { client } = await withKey('cw_1', fail(status))
  await expect(client.post([barAt(0)], 'r1')).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_KEY_/) })
  await expect(client.post([barAt(0)], 'r1')).rejects.toThrow(/Set API_KEY/)
})

test('a server with internal errors is given up after three attempts', async () => {
  const { client, bodies } = await against(fail(500))
  await expect(client.post([barAt(0)], 'r1')).rejects.toBeInstanceOf(Refused)
  expect(bodies).toHaveLength(3)
})

test('replay events of the stream control the replay', async () => {
  const paused = replayOf({ state: 'paused', everyMs: 5 })
  const { url } = await against((_body, response, request) => {
    expect(request.headers.authorization).toBe('Bearer cw_1')
    expect(request.url).toBe('/api/stream?market=bitstamp%3ABTC-USD&interval=1h')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`event: ping\ndata: {}\n\nevent: replay\ndata: ${JSON.stringify(paused)}\n\n`)
  })
  const steering = makeSteering(replayOf())
  const changed = new Promise(resolve => steering.changed().addEventListener('abort', resolve))
  onTestFinished(followReplay(url, 'cw_1', replayOf(), steering.apply))
  await changed
  expect(steering.current()).toEqual(paused)
})
