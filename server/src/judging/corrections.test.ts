import { expect, test } from 'vitest'
import { jsonOf, rowsFrom, serving } from '../serving.suite.ts'

interface Answer {
  readonly correction: Record<string, unknown> | null
  readonly verdict: { readonly date: string; readonly bar: Record<string, number> }
  readonly judgedAgain: number
}

async function judged() {
  const server = await serving()
  const rows = rowsFrom(0, 6)
  await server.post(rows)
  return { ...server, rows, correct: (body: unknown) => server.send('POST', '/api/corrections', body) }
}

test('a correction judges its bar and those after it again, and lists the withdrawn verdicts', async () => {
  const { rows, correct, get, post } = await judged()
  const right = { ...rows[3], volume: 12.5 }
  const response = await correct({ ...right, reason: 'volume of another market' })
  expect(response.status).toBe(201)
  const { correction, verdict, judgedAgain } = await jsonOf<Answer>(response)
  expect(correction).toMatchObject({
    market: 'bitstamp:BTC-USD',
    interval: '1h',
    date: '2021-01-01T03:00:00Z',
    revision: 1,
    reason: 'volume of another market',
    withdrawn: 3,
    after: { volume: 12.5 },
  })
  expect(verdict).toMatchObject({ date: '2021-01-01T03:00:00Z', bar: { volume: 12.5 } })
  expect(judgedAgain).toBe(3)
  expect(await jsonOf(get('/api/corrections'))).toEqual({ corrections: [correction], nextCursor: null })
  const { bars } = await jsonOf<{ bars: { volume: number }[] }>(get('/api/bars'))
  expect(bars.map(bar => bar.volume === 12.5)).toEqual([false, false, false, true, false, false])
  const { verdicts } = await jsonOf<{ verdicts: unknown[] }>(get('/api/verdicts'))
  expect(verdicts).toHaveLength(6)

  // From now on these are the numbers that were seen.
  expect((await post(right)).status).toBe(200)
  expect(await jsonOf(post(rows[3]))).toMatchObject({ status: 409, code: 'ERR_BAR_CONFLICT', field: 'volume' })
})

test('withdrawn verdicts can still be read as they were given', async () => {
  const { rows, correct, get } = await judged()
  const { verdicts } = await jsonOf<{ verdicts: unknown[] }>(get('/api/verdicts'))
  const { correction } = await jsonOf<Answer>(correct({ ...rows[3], volume: 12.5, reason: 'volume of another market' }))
  const told = await jsonOf(get(`/api/corrections/${correction!.id}`))
  expect(told).toEqual({ correction, withdrawn: verdicts.slice(3) })
  expect(await jsonOf(get('/api/corrections/99?limit=1'))).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' })
  expect((await get('/api/corrections/1%20or%201')).status).toBe(404)
})

test('a correction with the same numbers changes nothing and says so', async () => {
  const { rows, correct, get } = await judged()
  const response = await correct({ ...rows[2], reason: 'to be sure' })
  expect(response.status).toBe(200)
  expect(await jsonOf(response)).toMatchObject({ correction: null, verdict: { date: rows[2]!.date }, judgedAgain: 0 })
  expect(await jsonOf(get('/api/corrections'))).toEqual({ corrections: [], nextCursor: null })
})

test('the stream sends the new verdicts to every client', async () => {
  const { rows, correct, url } = await judged()
  const stop = new AbortController()
  const stream = await fetch(`${url}/api/stream`, { signal: stop.signal })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  await correct({ ...rows[4], volume: 3, reason: 'volume of another market' })
  let heard = ''
  while (!heard.includes('2021-01-01T05:00:00Z')) heard += (await reader.read()).value ?? ''
  expect(heard).toContain('"volume":3')
  stop.abort()
})

test.each([
  [{ date: '2020-06-01T00:00:00Z', reason: 'x' }, 404, 'ERR_CORRECTION_UNKNOWN', 'date'],
  [{ reason: ' ' }, 422, 'ERR_CORRECTION_INVALID', 'reason'],
  [{}, 422, 'ERR_CORRECTION_INVALID', 'reason'],
  [{ reason: 'x', high: 'much' }, 422, 'ERR_CORRECTION_INVALID', 'high'],
  [{ reason: 'x', high: 1 }, 422, 'ERR_BAR_IMPOSSIBLE', 'high'],
  [{ reason: 'x', date: '2021-01-01T03:30:00Z' }, 422, 'ERR_BAR_MISALIGNED', 'date'],
])('%o is answered with %i %s at %s, and nothing is changed', async (change, status, code, field) => {
  const { rows, correct, get } = await judged()
  expect(await jsonOf(correct({ ...rows[3], ...change }))).toMatchObject({ status, code, field })
  expect(await jsonOf(get('/api/corrections'))).toEqual({ corrections: [], nextCursor: null })
})
