import { expect, test } from 'vitest'
import { market } from '../fields.ts'
import { marketLabel, replayedMarket, replayMarket } from './replay-market.ts'

test('a replay has a market of its own, which the API accepts, whatever its name', () => {
  for (const name of ['rows.csv', 'synthetic year, seed 1', '😀', 'x'.repeat(500), '']) {
    const own = replayMarket(name, 'bitstamp:BTC-USD')
    expect(market.parse(own), name).toBe(own)
    expect(replayedMarket(own)?.of, name).toBe('bitstamp:BTC-USD')
  }
  expect(replayMarket('rows of May.csv', 'bitstamp:BTC-USD')).toBe('replay:rows-of-May.csv/bitstamp:BTC-USD')
  expect(replayMarket('b', replayMarket('a', 'x:Y'))).toBe('replay:b/x:Y')
})

test('other markets are none of a replay, even those of a venue with that name', () => {
  expect(replayedMarket('bitstamp:BTC-USD')).toBeNull()
  expect(replayedMarket('replay:BTC/USD')).toBeNull()
  expect(marketLabel('a:B')).toBe('a:B')
  expect(marketLabel('replay:rows.csv/a:B')).toBe('a:B, replay of rows.csv')
  expect(market.safeParse('a:b:c').success).toBe(false)
  expect(market.safeParse('replay:x/a').success).toBe(true)
})
