import { describe, expect, it } from 'vitest'
import { exampleEpisode } from '../eval/example-verdict.ts'
import { hourMs, minuteMs } from '../time.ts'
import type { Market, Ms } from '../types.ts'
import { fits, marketWide, marketWideFrom } from './groups.ts'

const stream = (market: string, intervalMs: Ms = hourMs) => ({ market: market as Market, intervalMs })

describe('patterns', () => {
  it.each([
    ['bitstamp:BTC-USD', 'bitstamp:BTC-USD', true],
    ['bitstamp:BTC-USD', 'bitstamp:BTC-USDT', false],
    ['bitstamp:*', 'bitstamp:BTC-USD', true],
    ['*:BTC-USD', 'kraken:BTC-USD', true],
    ['*:BTC-*', 'kraken:ETH-BTC-USD', false],
    ['a:*b*c', 'a:xbxc', true],
    ['a:*bb', 'a:b', false],
    ['*', 'a:b', true],
    ['*', 'replay:x/a:b', false],
    ['replay:*', 'replay:x/a:b', true],
    ['a:b@1h', 'a:b', true],
    ['a:*@1m', 'a:b', false],
    ['a.b:*', 'aXb:c', false],
  ])('%s and %s: %s', (pattern, market, is) => {
    expect(fits([pattern])(stream(market))).toBe(is)
  })

  it('of a list, one is enough; of none, none fits', () => {
    expect(fits(['x:y', 'a:*@1m'])(stream('a:b', minuteMs))).toBe(true)
    expect(fits([])(stream('a:b'))).toBe(false)
  })
})

describe('market-wide moves', () => {
  const episode = (market: string, hour: number, pValue = 0.001) =>
    exampleEpisode(`t:${market}` as Market, Date.UTC(2021, 0, 1, hour), { pValue })
  const spans = (found: ReturnType<typeof marketWide>) => found.map(({ markets }) => markets.join(''))
  const names = (found: ReturnType<typeof marketWide>) => spans(found).map(text => text.replaceAll('t:', ''))

  it('need a third of the markets and three at least', () => {
    expect([1, 3, 9, 10, 500].map(marketWideFrom)).toEqual([3, 3, 3, 4, 167])
    const three = [episode('a', 0), episode('b', 3), episode('c', 6)]
    expect(names(marketWide(three, 9))).toEqual(['abc'])
    expect(names(marketWide(three, 10))).toEqual([])
    expect(names(marketWide(three.slice(0, 2), 3))).toEqual([])
  })

  it('begin within six hours; a market that moves twice counts once', () => {
    expect(names(marketWide([episode('a', 0), episode('b', 3), episode('c', 7)], 9))).toEqual([])
    expect(names(marketWide([episode('a', 0), episode('b', 3), episode('b', 5)], 9))).toEqual([])
  })

  it('are one while their windows share an episode, and two otherwise, in any order of the episodes', () => {
    const first = ['a', 'b', 'c'].map((market, i) => episode(market, i))
    const later = ['d', 'e', 'f'].map((market, i) => episode(market, 20 + i, 1e-5 * (i + 1)))
    const found = marketWide([...later, ...first], 9)
    expect(names(found)).toEqual(['abc', 'def'])
    expect(found[1]).toMatchObject({ start: '2021-01-01T20:00:00Z', end: '2021-01-01T22:00:00Z', pValue: 1e-5 })
    const chain = marketWide([...first, episode('d', 7), episode('e', 8)], 9)
    expect(names(chain)).toEqual(['abcde'])
  })

  it('do not run together in a large group whose markets move one after another', () => {
    const hourly = Array.from({ length: 300 }, (_, i) => episode(`m${i}`, i))
    expect(marketWide(hourly, 300)).toEqual([])
  })
})
