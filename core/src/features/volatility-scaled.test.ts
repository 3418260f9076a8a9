import { describe, expect, it } from 'vitest'
import { bar, hourMs, quietMarket } from '../engine/rehearsal.suite.ts'
import { featureNames, seasonByHour, VolatilityScaled } from './volatility-scaled.ts'

const flatSeason = Array.from({ length: 24 }, () => 1)
const candle = { open: 100, high: 101, low: 99, close: 100, volume: 10 }

describe('VolatilityScaled', () => {
  it('the first bar has no return and makes no row; the second makes one number a feature', () => {
    const features = new VolatilityScaled(hourMs, flatSeason)
    expect(features.learn(bar(0, candle))).toBeNull()
    expect(features.learn(bar(1, candle))).toHaveLength(featureNames.length)
  })

  it('two equal bars: S is their log range, so range is 1 and the ewma ratios are 0', () => {
    const features = new VolatilityScaled(hourMs, flatSeason)
    features.learn(bar(0, candle))
    const row = features.learn(bar(1, candle)) as Float32Array
    const scale = Math.log(101 / 99)
    expect(features.scale).toBeCloseTo(scale, 12)
    const named = Object.fromEntries(featureNames.map((name, i) => [name, row[i] as number]))
    expect(named.return).toBeCloseTo(0, 6)
    expect(named.range).toBeCloseTo(1, 6)
    expect(named['high over close']).toBeCloseTo(Math.log(1.01) / scale, 6)
    expect(named['close over low']).toBeCloseTo(Math.log(100 / 99) / scale, 6)
    expect(named['log range ewma 720']).toBeCloseTo(0, 6)
    expect(named['log volume ratio']).toBeCloseTo(0, 6)
  })

  it('the row has the next hour: after the bar that opens at 05:00 that is 06:00, a quarter of the day', () => {
    const features = new VolatilityScaled(hourMs, flatSeason)
    features.learn(bar(4, candle))
    const row = features.learn(bar(5, candle)) as Float32Array
    expect(row[11]).toBeCloseTo(1, 6)
    expect(row[12]).toBeCloseTo(0, 6)
  })

  it('a price a thousand times higher gives the same row, because only ratios enter', () => {
    const rows = (factor: number) => {
      const features = new VolatilityScaled(hourMs, flatSeason)
      return quietMarket(60, 1)
        .map(b => ({
          ...b,
          open: b.open * factor,
          high: b.high * factor,
          low: b.low * factor,
          close: b.close * factor,
        }))
        .map(b => features.learn(b))
        .at(-1) as Float32Array
    }
    rows(1_000).forEach((x, i) => {
      expect(x).toBeCloseTo(rows(1)[i] as number, 4)
    })
  })

  it('the row of +1 % after a flat feed is finite and clipped at 8, and S has a floor', () => {
    const features = new VolatilityScaled(hourMs, flatSeason)
    const flat = { open: 100, high: 100, low: 100, close: 100, volume: 0 }
    for (let i = 0; i < 500; i++) features.learn(bar(i, flat))
    const row = features.learn(bar(500, { open: 100, high: 101, low: 100, close: 101, volume: 50 })) as Float32Array
    expect(row.every(Number.isFinite)).toBe(true)
    expect(row[0]).toBe(8)
    expect(features.scale).toBeGreaterThan(0)
  })

  it('one bad tick moves S by no more than six usual bars would', () => {
    const features = new VolatilityScaled(hourMs, flatSeason)
    const bars = quietMarket(200, 2)
    for (const b of bars) features.learn(b)
    const before = features.scale as number
    features.learn(bar(200, { open: 30_000, high: 3_000_000, low: 29_990, close: 30_000, volume: 100 }))
    // Half-life 12: one bar weighs 5.6 %.
    expect((features.scale as number) / before).toBeLessThan(1 + 5 * 0.0562)
  })

  it('saved and loaded, the next row is the same to the last bit', () => {
    const bars = quietMarket(120, 3)
    const [a, b] = [new VolatilityScaled(hourMs, flatSeason), new VolatilityScaled(hourMs, flatSeason)]
    for (const x of bars.slice(0, 100)) a.learn(x)
    b.load(a.save())
    for (const x of bars.slice(100)) expect(b.learn(x)).toEqual(a.learn(x))
  })
})

describe('seasonByHour', () => {
  it('an hour twice as wide as all others has a factor of 48/25, the others 24/25', () => {
    const bars = Array.from({ length: 240 }, (_, i) => {
      const half = i % 24 === 14 ? 0.01 : 0.005
      return bar(i, { open: 100, high: 100 * Math.exp(half), low: 100 * Math.exp(-half), close: 100, volume: 1 })
    })
    const season = seasonByHour(bars, hourMs)
    expect(season[14]).toBeCloseTo(48 / 25, 6)
    expect(season[3]).toBeCloseTo(24 / 25, 6)
  })
})
