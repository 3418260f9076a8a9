import { describe, expect, it } from 'vitest'
import { areSame, bar, hourMs, quietMarket } from '../engine/rehearsal.suite.ts'
import { dayMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { AnyMarket, anyMarketNames, featureSetOf, makeFeatures } from './any-market.ts'
import { featureNames, VolatilityScaled } from './volatility-scaled.ts'

const flatSeason = Array.from({ length: 24 }, () => 1)
const at = (name: string) => anyMarketNames.indexOf(name)

describe('AnyMarket', () => {
  it('has the ratios of one market, the interval, and no hour of the day', () => {
    expect(anyMarketNames).toHaveLength(featureNames.length)
    expect(anyMarketNames).not.toContain('hour sine')
    expect(anyMarketNames).not.toContain('hour cosine')
    const [own, any] = [new VolatilityScaled(hourMs, flatSeason), new AnyMarket(hourMs)]
    const rows = quietMarket(60, 1).map(b => [own.learn(b), any.learn(b)] as const)
    const [ofOne, ofAny] = rows.at(-1) as [Float32Array, Float32Array]
    expect(ofAny).toHaveLength(any.width)
    for (const name of ['return', 'range', 'trend 48', 'log volume ewma 24']) {
      expect(ofAny[at(name)]).toBe(ofOne[featureNames.indexOf(name as (typeof featureNames)[number])])
    }
    expect(any.scale).toBe(own.scale)
  })

  it.each([
    [hourMs, 0],
    [dayMs, 1],
    [(30 * dayMs) as Ms, 1],
    [60_000 as Ms, -1.288],
    [1_000 as Ms, -1.288],
  ])(
    'bars of %i ms have the interval %f: from a minute to a day on a log scale, and held there',
    (intervalMs, expected) => {
      const features = new AnyMarket(intervalMs)
      features.learn(bar(0, { open: 1, high: 2, low: 1, close: 1, volume: 1 }))
      const row = features.learn(bar(1, { open: 1, high: 2, low: 1, close: 1, volume: 1 })) as Float32Array
      expect(row[at('log interval')]).toBeCloseTo(expected, 3)
    },
  )

  it('knows that the next bar opens a session', () => {
    const features = new AnyMarket(hourMs)
    const candle = { open: 100, high: 101, low: 99, close: 100, volume: 10 }
    const ratios = { move: 1, range: 1, volume: 1 }
    const rowOf = (hour: number, isNextOpening: boolean) =>
      features.learn(bar(hour, candle), { ratios, nextOpen: bar(hour, candle).ts, isNextOpening, isUsual: true })
    rowOf(0, false)
    expect(rowOf(1, false)?.[at('opens a session')]).toBe(0)
    expect(rowOf(2, true)?.[at('opens a session')]).toBe(1)
  })

  it('learns the season of the day while it runs: hours that are three times as wide are known beforehand', () => {
    const features = new AnyMarket(hourMs)
    let row: Float32Array | null = null
    for (let hour = 0; hour < 24 * 40 + 14; hour++) {
      const width = hour % 24 === 14 ? 3 : 1
      row = features.learn(bar(hour, { open: 100, high: 100 + width, low: 100 - width, close: 100, volume: 10 }))
    }
    // The newest bar opened at 13:00; the row is of the next. All but the prior's share of log 3 is learned.
    const season = (row as Float32Array)[at('season')] as number
    expect(season).toBeGreaterThan(0.8)
    expect(season).toBeLessThan(Math.log(3))
  })

  it('saved and loaded anywhere it goes on to the last bit', () => {
    const bars = quietMarket(400, 5)
    const whole = new AnyMarket(hourMs)
    for (const b of bars.slice(0, 250)) whole.learn(b)
    const again = new AnyMarket(hourMs)
    again.load(whole.save())
    for (const b of bars.slice(250)) expect(again.learn(b)).toEqual(whole.learn(b))
    expect(areSame(again.save(), whole.save())).toBe(true)
  })

  it('is finite on a flat feed', () => {
    const features = new AnyMarket(hourMs)
    const flat = { open: 100, high: 100, low: 100, close: 100, volume: 0 }
    let row: Float32Array | null = null
    for (let i = 0; i < 500; i++) row = features.learn(bar(i, flat))
    expect(row?.every(Number.isFinite)).toBe(true)
  })
})

it('a season makes the features of one market, and none those of any', () => {
  expect(makeFeatures(hourMs, flatSeason)).toBeInstanceOf(VolatilityScaled)
  expect(makeFeatures(hourMs, null)).toBeInstanceOf(AnyMarket)
  expect(featureSetOf(flatSeason).name).toBe('volatility-scaled')
  expect(featureSetOf(null).name).toBe('any-market')
})
