import { expect, test } from 'vitest'
import { ApiError, type AskOptions, addressOf, makeAsk } from './client.ts'

/** A fetch that answers with the given response and keeps what it was asked. */
function fetchOf(response: () => Response) {
  const calls: { readonly address: string; readonly init: RequestInit }[] = []
  const fetch: NonNullable<AskOptions['fetch']> = async (address, init) => {
    calls.push({ address, init })
    return response()
  }
  return { calls, fetch }
}

test('a call puts the query in the address and leaves undefined parts out', async () => {
  const { calls, fetch } = fetchOf(() => Response.json({ bars: [], nextCursor: null }))
  const ask = makeAsk({ url: 'http://server', headers: { authorization: 'Bearer k' }, fetch })
  const page = await ask('GET /api/bars', { query: { market: 'a:b/c', limit: 5, cursor: undefined } })
  const length: number = page.bars.length
  expect([length, page.nextCursor]).toEqual([0, null])
  expect(calls).toEqual([
    {
      address: 'http://server/api/bars?market=a%3Ab%2Fc&limit=5',
      init: { method: 'GET', headers: { authorization: 'Bearer k' } },
    },
  ])
})

test('path parameters are encoded, and an object is sent as JSON', async () => {
  const { calls, fetch } = fetchOf(() => Response.json({}))
  const { signal } = new AbortController()
  await makeAsk({ fetch })('POST /api/models/:id/promote', { params: { id: 'lstm@1/2' }, body: {} }, { signal })
  expect(calls[0]).toEqual({
    address: '/api/models/lstm%401%2F2/promote',
    init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', signal },
  })
})

test('a file is sent as it is, and an answer of 204 is undefined', async () => {
  const file = new Blob(['date,open\n'])
  const sent = fetchOf(() => Response.json({}))
  await makeAsk(sent)('POST /api/imports', { query: { check: 'true' }, body: file })
  expect(sent.calls[0]?.init).toMatchObject({ headers: { 'content-type': 'text/csv' }, body: file })
  const ended = fetchOf(() => new Response(null, { status: 204 }))
  expect(await makeAsk(ended)('DELETE /api/session')).toBeUndefined()
})

test('a refused call is an ApiError with the problem and the time to wait', async () => {
  const problem = { title: 'Unavailable', status: 503, detail: 'Send it again.', code: 'ERR_BUSY' }
  const headers = { 'content-type': 'application/problem+json', 'retry-after': '2' }
  const { fetch } = fetchOf(() => new Response(JSON.stringify(problem), { status: 503, headers }))
  const refused = await makeAsk({ fetch })('GET /api/models').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ message: 'Send it again.', status: 503, code: 'ERR_BUSY', retryAfterMs: 2_000 })
})

test('the page of a proxy and an unreachable server are ApiErrors, too', async () => {
  const page = fetchOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(makeAsk(page)('GET /healthz')).rejects.toMatchObject({
    message: 'The server answered 502.',
    status: 502,
    code: null,
  })
  const fetch = () => Promise.reject(new Error('connect ECONNREFUSED'))
  await expect(makeAsk({ fetch })('GET /healthz')).rejects.toMatchObject({
    message: 'The server does not answer (connect ECONNREFUSED).',
    status: null,
    retryAfterMs: null,
  })
})

test('the address of a call is available to clients that open it in another way', () => {
  const query = { market: 'bitstamp:BTC-USD', interval: '1h', lastEventId: '7' }
  expect(addressOf('GET /api/stream', { query })).toBe(
    '/api/stream?market=bitstamp%3ABTC-USD&interval=1h&lastEventId=7',
  )
})

test('wrong calls do not compile', () => {
  const ask = makeAsk({ fetch: async () => Response.json({}) })
  const wrong = () => [
    // @ts-expect-error no such route
    ask('GET /api/nothing'),
    // @ts-expect-error no such mark
    ask('POST /api/labels', { body: { date: '2021-01-01', mark: 'maybe' } }),
    // @ts-expect-error a path parameter is missing
    ask('GET /api/replays/:id'),
    // @ts-expect-error the answer has no such field
    ask('GET /api/markets').then(({ marketz }) => marketz),
  ]
  expect(wrong).toBeTypeOf('function')
})
