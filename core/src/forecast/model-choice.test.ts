import { describe, expect, it } from 'vitest'
import type { Market, Ms } from '../types.ts'
import { type Choosable, chooseModel, trainedTo } from './model-choice.ts'

const hourMs = 3_600_000 as Ms
const measured = (mae: number) => ({ mae, baselineMae: 1, coverage90: 0.9 })

function model(
  name: string,
  of: Partial<Choosable> & { readonly to?: string; readonly series?: readonly string[]; readonly mae?: number } = {},
) {
  const { to = '2020-12-31T23:00:00Z', series, mae = 0.98, ...rest } = of
  const training = {
    to,
    ...(series && { series: series.map(market => ({ market })) }),
  } as unknown as Choosable['training']
  const metrics = { high: measured(mae), low: measured(mae) } as Choosable['metrics']
  return { manifest: { name, market: null, interval: null, training, metrics, ...rest } }
}

const btc = model('btc', { market: 'bitstamp:BTC-USD', interval: '1h' })
const any = model('any', { series: ['binance:ETH-USDT', 'nyse:SPY-USD'] })

function chosen(market: string, models: Parameters<typeof chooseModel>[1], intervalMs = hourMs) {
  const choice = chooseModel({ market: market as Market, intervalMs }, models)
  return choice && [choice.model.manifest.name, choice.because]
}

describe('chooseModel', () => {
  it("takes the stream's own, and for a replay that of the market it shows", () => {
    expect(chosen('bitstamp:BTC-USD', [any, btc])).toEqual(['btc', 'own'])
    expect(chosen('replay:may/bitstamp:BTC-USD', [any, btc])).toEqual(['btc', 'own'])
  })

  it('not its own if that was worse than the naive forecast where it was validated', () => {
    const worse = model('worse', { market: 'bitstamp:BTC-USD', interval: '1h', mae: 1.01 })
    expect(chosen('bitstamp:BTC-USD', [any, worse])).toEqual(['any', 'any'])
  })

  it('another interval or market is judged by a model of any, not by that of one market', () => {
    expect(chosen('bitstamp:BTC-USD', [any, btc], (4 * hourMs) as Ms)).toEqual(['any', 'any'])
    expect(chosen('kraken:BTC-USD', [any, btc])).toEqual(['any', 'any'])
  })

  it('rather one that learned from markets of the same venue and quote currency', () => {
    const mine = model('mine', { series: ['kraken:ETH-EUR'], to: '2019-01-01T00:00:00Z' })
    expect(chosen('kraken:XRP-EUR', [any, mine, btc])).toEqual(['mine', 'family'])
    expect(chosen('kraken:XRP-USD', [any, mine, btc])).toEqual(['any', 'any'])
    expect(chosen('binance:SOL-USDT', [any, mine])).toEqual(['any', 'family'])
  })

  it('of several that fit alike the one with the newest rows, then by name', () => {
    const newer = model('newer', { to: '2021-12-31T23:00:00Z' })
    expect(chosen('x:A-B', [any, newer])).toEqual(['newer', 'any'])
    expect(chosen('x:A-B', [newer, model('a', { to: '2021-12-31T23:00:00Z' })])).toEqual(['a', 'any'])
  })

  it('none where only models of other markets exist', () => {
    expect(chosen('kraken:BTC-USD', [btc])).toBeNull()
  })
})

it("trainedTo is the end of the market's own series, else of its family's, else none; of a model of one market its own", () => {
  const series = [
    { market: 'binance:ETH-USDT', to: '2020-12-31T23:00:00Z' },
    { market: 'binance:XRP-USDT', to: '2021-06-30T23:00:00Z' },
    { market: 'nyse:SPY-USD', to: '2025-09-30T15:55:00Z' },
  ]
  const any = { market: null, training: { to: '2025-09-30T15:55:00Z', series } } as unknown as Choosable
  expect(trainedTo(any, 'binance:ETH-USDT')).toBe('2020-12-31T23:00:00Z')
  expect(trainedTo(any, 'replay:x/binance:ETH-USDT')).toBe('2020-12-31T23:00:00Z')
  expect(trainedTo(any, 'binance:SOL-USDT')).toBe('2021-06-30T23:00:00Z')
  expect(trainedTo(any, 'kraken:BTC-EUR')).toBeNull()
  expect(trainedTo(btc.manifest, 'kraken:BTC-EUR')).toBe('2020-12-31T23:00:00Z')
})
