import type { AnswerOf } from '@candlewatch/api/routes'
import type { Market } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { barAt, btc, jsonOf, rowAt, rowsFrom, serving } from '../serving.suite.ts'

type Answer = AnswerOf<'GET /api/coverage'>

test('the coverage of a stream says what is stored, what is missing, and how much of each part', async () => {
  const { post, get } = await serving()
  await post([...rowsFrom(12, 30), ...rowsFrom(36, 60)])
  expect(await jsonOf(get('/api/coverage?points=3'))).toEqual({
    coverage: [
      {
        market: 'bitstamp:BTC-USD',
        interval: '1h',
        bars: 42,
        first: rowAt(12).date,
        last: rowAt(59).date,
        missing: 6,
        gaps: [{ from: rowAt(30).date, to: rowAt(36).date, missing: 6 }],
        moreGaps: false,
        imported: null,
        width: '1d',
        stretches: [
          { date: rowAt(0).date, expected: 12, bars: 12, imported: 0, anomalies: 0, faults: 0 },
          { date: rowAt(24).date, expected: 24, bars: 18, imported: 0, anomalies: 0, faults: 0 },
          { date: rowAt(48).date, expected: 12, bars: 12, imported: 0, anomalies: 0, faults: 0 },
        ],
      },
    ],
    moreStreams: false,
  })
})

test('streams are listed by market and interval, including those with imported rows only, and can be filtered', async () => {
  const { post, get, store } = await serving()
  await post(rowsFrom(0, 3))
  await post(rowsFrom(0, 3).map(row => ({ ...row, market: 'a:b' })))
  const alone = { ...btc, market: 'c:d' as Market }
  await store.appendHistory({ ...alone, name: 'a file', bars: [barAt(0, alone), barAt(1, alone)] })
  const marketsOf = async (query: string) =>
    (await jsonOf<Answer>(get(`/api/coverage${query}`))).coverage.map(({ market }) => market)
  expect(await marketsOf('')).toEqual(['a:b', 'bitstamp:BTC-USD', 'c:d'])
  expect(await marketsOf('?market=a:b')).toEqual(['a:b'])
  expect(await marketsOf('?market=a:b&interval=1m')).toEqual([])
  const [of] = (await jsonOf<Answer>(get('/api/coverage?market=c:d'))).coverage
  expect(of).toMatchObject({ bars: 0, first: null, last: null, missing: 0 })
  expect(of?.imported).toEqual({ rows: 2, first: rowAt(0).date, last: rowAt(1).date })
})

test.each([
  ['points=0', 'points'],
  ['points=1001', 'points'],
  ['gaps=1001', 'gaps'],
  ['market=%27', 'market'],
  ['interval=x', 'interval'],
])('/api/coverage?%s is refused', async (query, field) => {
  const { get } = await serving()
  expect(await jsonOf(get(`/api/coverage?${query}`))).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID', field })
})
