import { describe, expect, it } from 'vitest'
import { bar, quietMarket } from '../engine/rehearsal.suite.ts'
import type { Bar } from '../types.ts'
import { Classic, classicNames } from './classic.ts'

/** Each feature straight from its definition, with the whole history at hand. */
function batch(bars: readonly Bar[]): (number[] | null)[] {
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
  const volatility = (b: Bar) => (b.high - b.low) / b.open
  const logReturn = (i: number) => Math.log((bars[i] as Bar).close / (bars[i - 1] as Bar).close)
  return bars.map((b, i) => {
    if (i < 20) return null
    const before = bars.slice(i - 10, i)
    const returns = Array.from({ length: 20 }, (_, k) => logReturn(i - 19 + k))
    const variance = returns.reduce((sum, x) => sum + (x - mean(returns)) ** 2, 0) / 19
    return [
      logReturn(i),
      volatility(b),
      b.volume / mean(before.map(({ volume }) => volume)),
      volatility(b) / mean(before.map(volatility)),
      Math.sqrt(variance),
      (b.high - b.low) / b.close,
    ]
  })
}

const named = (row: readonly number[] | null | undefined) =>
  Object.fromEntries(classicNames.map((name, i) => [name, row?.[i] as number]))
const flat = { open: 100, high: 100, low: 100, close: 100, volume: 0 }

describe('Classic', () => {
  it.each([1, 2, 3])('one bar at a time and the whole history at once agree to twelve digits, seed %i', seed => {
    const bars = quietMarket(300, seed)
    const features = new Classic()
    // Sums of another order end in another last bit.
    const near = batch(bars).map(row => row?.map(x => expect.closeTo(x, 12)) ?? null)
    expect(bars.map(b => features.learn(b))).toEqual(near)
  })

  it('twice the volume, three times the range and returns of ±1 % in turn give the features computed by hand', () => {
    const features = new Classic()
    const step = Math.exp(0.01)
    for (let i = 0; i < 20; i++) {
      const close = i % 2 ? 100 * step : 100
      features.learn(bar(i, { open: 100, high: 102, low: 100, close, volume: 10 }))
    }
    const row = named(features.learn(bar(20, { open: 100, high: 104, low: 98, close: 100, volume: 20 })))
    expect(row['log return']).toBeCloseTo(-0.01, 12)
    expect(row.volatility).toBeCloseTo(0.06, 12)
    expect(row['volume ratio']).toBeCloseTo(2, 12)
    expect(row['volatility ratio']).toBeCloseTo(3, 12)
    // Ten of +1 % and ten of −1 %: squares of 20 · .01² over 19.
    expect(row['return deviation']).toBeCloseTo(0.01 * Math.sqrt(20 / 19), 12)
    expect(row['range over close']).toBeCloseTo(0.06, 12)
  })

  it('every feature of +1 % after a flat feed without trades is finite, and ratios are 100', () => {
    const features = new Classic()
    for (const b of quietMarket(50, 4)) features.learn(b)
    const still = Array.from({ length: 100 }, (_, i) => features.learn(bar(50 + i, flat)))
    expect(still.filter(row => row === null || !row.every(Number.isFinite))).toEqual([])
    expect(named(still.at(-1))).toMatchObject({ 'volume ratio': 1, 'volatility ratio': 0, 'return deviation': 0 })
    const row = named(features.learn(bar(150, { open: 100, high: 101, low: 100, close: 101, volume: 5 })))
    expect(row['volume ratio']).toBeCloseTo(100, 9)
    expect(row['volatility ratio']).toBeCloseTo(100, 9)
    expect(row['log return']).toBeCloseTo(Math.log(1.01), 12)
  })

  it('saved and loaded at any bar, the next rows are the same to the last bit', () => {
    const bars = quietMarket(60, 5)
    for (const half of [0, 1, 7, 12, 20, 21, 40]) {
      const [a, b] = [new Classic(), new Classic()]
      for (const x of quietMarket(30, 6)) b.learn(x)
      for (const x of bars.slice(0, half)) a.learn(x)
      b.load(a.save())
      for (const x of bars.slice(half)) expect(b.learn(x)).toEqual(a.learn(x))
      expect(b.save()).toEqual(a.save())
    }
  })
})
