import { expect, test } from 'vitest'
import { jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

interface Page {
  readonly bars: { readonly date: string; readonly interval: string; readonly bars: number }[]
  readonly nextCursor: string | null
}

test('points returns the whole range as candles of the smallest usual width, each with its bars, alarms and faults', async () => {
  const { post, get } = await serving()
  await post(rowsFrom(0, 100))
  const page = await jsonOf<Page>(get('/api/bars?points=10'))
  expect(page.nextCursor).toBeNull()
  expect(page.bars.map(({ date, interval, bars }) => [date, interval, bars])).toEqual([
    ['2021-01-01T00:00:00Z', '12h', 12],
    ['2021-01-01T12:00:00Z', '12h', 12],
    ['2021-01-02T00:00:00Z', '12h', 12],
    ['2021-01-02T12:00:00Z', '12h', 12],
    ['2021-01-03T00:00:00Z', '12h', 12],
    ['2021-01-03T12:00:00Z', '12h', 12],
    ['2021-01-04T00:00:00Z', '12h', 12],
    ['2021-01-04T12:00:00Z', '12h', 12],
    ['2021-01-05T00:00:00Z', '12h', 4],
  ])
  expect(page.bars[1]).toEqual({
    market: 'bitstamp:BTC-USD',
    interval: '12h',
    date: '2021-01-01T12:00:00Z',
    open: 112,
    high: 133,
    low: 102,
    close: 128,
    volume: 84,
    bars: 12,
    anomalies: 0,
    faults: 0,
  })
})

test('points returns bars as they are while they are few enough; a range without bars is empty', async () => {
  const { post, get } = await serving()
  await post(rowsFrom(0, 10))
  const of = { market: 'bitstamp:BTC-USD', interval: '1h', bars: 1, anomalies: 0, faults: 0 }
  expect(await jsonOf(get('/api/bars?points=100&from=2021-01-01T08:00Z&limit=1'))).toEqual({
    bars: [
      { ...of, ...rowAt(8) },
      { ...of, ...rowAt(9) },
    ],
    nextCursor: null,
  })
  expect(await jsonOf(get('/api/bars?points=100&from=2022-01-01'))).toEqual({ bars: [], nextCursor: null })
})

test.each([
  ['points=0', 'points', 'from 1 to 2000'],
  ['points=2001', 'points', 'from 1 to 2000'],
  ['points=2.5', 'points', 'whole number'],
  ['points=many', 'points', 'whole number'],
  ['points=10&points=20', 'points', 'whole number'],
  ['points=10&cursor=YmVmb3JlOjA', 'cursor', 'no cursor together with points'],
])('/api/bars?%s is refused, and the answer says why', async (query, field, words) => {
  const { get } = await serving()
  const response = await get(`/api/bars?${query}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    code: 'ERR_QUERY_INVALID',
    field,
    detail: expect.stringContaining(words),
  })
})
