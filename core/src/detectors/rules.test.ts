import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { hourMs } from '../time.ts'
import type { Bar, Ms } from '../types.ts'
import { detectorContract } from './contract.suite.ts'
import { observationsOf, type PriceObservation, type RuleOptions, rules } from './rules.ts'

const at = (seconds: number, price: number): PriceObservation => ({ ts: Math.round(seconds * 1_000) as Ms, price })
const names = (found: readonly { rule: string }[]) => found.map(({ rule }) => rule)
const after = (past: readonly PriceObservation[], options: Partial<RuleOptions> = {}) => {
  const detector = rules('rules', options)
  for (const tick of past) detector.learn([tick])
  return detector
}

const rng = makeRng(1)
const walk = Array.from({ length: 400 }, (_, i) => at(i, 30_000 + 2 * rng.normal()))
detectorContract('rules on ticks', {
  make: () => rules('rules'),
  ordinary: walk.map(tick => [tick]),
  flat: [at(400, 30_000)],
  extreme: [at(401, 27_000)],
})

const candle = (hour: number, open: number, high: number, low: number, close: number): Bar => {
  const ts = ((hour + 1) * hourMs) as Ms
  return { market: 'test:BTC-USD', ts, seen: ts, open, high, low, close, volume: 1 }
}
detectorContract('rules on hourly bars', {
  make: () => rules('rules'),
  ordinary: Array.from({ length: 300 }, (_, i) => {
    const wide = 50 + 50 * rng.uniform()
    return observationsOf(candle(i, 30_000, 30_000 + wide, 30_000 - wide, 30_010), hourMs)
  }),
  flat: observationsOf(candle(300, 30_000, 30_000, 30_000, 30_000), hourMs),
  extreme: observationsOf(candle(301, 30_000, 30_050, 26_000, 29_000), hourMs),
})

describe('pct_spike and abs_jump', () => {
  it('exactly 0.25 % counts, a ten-thousandth of it less does not, up and down, at any price in cents', () => {
    const rng = makeRng(2)
    for (let i = 0; i < 500; i++) {
      const cents = 40_000 * (1 + (rng.uint32() % 200))
      for (const sign of [1, -1]) {
        const detector = after([at(0, cents / 100)])
        // A 400th of a multiple of 40,000 cents is a whole number of cents.
        const exactly = (cents + (sign * cents) / 400) / 100
        const below = (cents + (sign * cents * 0.9999) / 400) / 100
        expect(names(detector.triggered([at(5, exactly)])), `${cents} cents`).toContain('pct_spike')
        expect(names(detector.triggered([at(5, below)])), `${cents} cents`).not.toContain('pct_spike')
      }
    }
  })

  it('exactly $30 counts, a cent less does not, though neither is exact to a double', () => {
    const rng = makeRng(3)
    for (let i = 0; i < 500; i++) {
      const cents = 1_000_000 + (rng.uint32() % 9_000_000)
      for (const sign of [1, -1]) {
        const detector = after([at(0, cents / 100)], { pctSpike: { percent: 50, withinMs: 10_000 } })
        expect(names(detector.triggered([at(5, (cents + sign * 3_000) / 100)])), `${cents} cents`).toEqual(['abs_jump'])
        expect(detector.triggered([at(5, (cents + sign * 2_999) / 100)]), `${cents} cents`).toEqual([])
      }
    }
  })

  it('a tick exactly 10 s ago counts, one of 10.001 s ago does not', () => {
    const detector = after([at(0, 30_000)])
    expect(names(detector.triggered([at(10, 30_100)]))).toEqual(['pct_spike', 'abs_jump'])
    expect(detector.triggered([at(10.001, 30_100)])).toEqual([])
    expect(detector.score([at(10.001, 30_100)])).toBeNull()
  })

  it('score is the largest ratio: $60 of 30,000 is 2 × $30 and 0.8 × 0.25 %', () => {
    const detector = after([at(0, 30_000)])
    expect(detector.score([at(5, 30_060)])).toBe(2)
    expect(detector.triggered([at(5, 30_060)])).toEqual([
      { rule: 'abs_jump', severity: 'high', size: 60, trigger: 30, unit: 'usd' },
    ])
  })

  it('finds the same as a search of every price of the last 10 s', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rng = makeRng(seed)
      const detector = rules('rules', { pctSpike: { percent: 1e9, withinMs: 10_000 } })
      const past: PriceObservation[] = []
      let seconds = 0
      for (let i = 0; i < 50; i++) {
        seconds += Math.floor(4 * rng.uniform()) * (rng.uniform() < 0.5 ? 1 : 0.001)
        const now = at(seconds, 1_000 + Math.floor(20 * rng.uniform()))
        const near = past.filter(then => now.ts - then.ts <= 10_000)
        const largest = near.map(then => Math.abs(now.price - then.price) / 30)
        expect(detector.score([now]), `seed ${seed}`).toBe(near.length > 0 ? Math.max(...largest) : null)
        detector.learn([now])
        past.push(now)
      }
    }
  })
})

describe('vol_breakout', () => {
  // Returns of ±1 % in turn: sixty of them have a mean of 0 and a deviation of √(60/59) %.
  const swings = (count: number, price: number) => {
    const path = [at(0, price)]
    for (let i = 0; i < count; i++)
      path.push(at(60 * (i + 1), (path[i] as PriceObservation).price * (i % 2 ? 0.99 : 1.01)))
    return path
  }
  const past = swings(60, 30_000)
  const last = past.at(-1) as PriceObservation
  const threeSigmas = 3 * 0.01 * Math.sqrt(60 / 59) * last.price
  const vol = (detector: ReturnType<typeof rules>, usd: number, price = last.price) =>
    detector.triggered([at(10_000, price + usd)]).find(({ rule }) => rule === 'vol_breakout')

  it('three deviations of the last 60 returns count, a millionth less does not, up and down', () => {
    for (const sign of [1, -1]) {
      expect(vol(after(past), sign * threeSigmas)?.severity).toBe('medium')
      expect(vol(after(past), sign * threeSigmas)?.size).toBeCloseTo(threeSigmas, 4)
      expect(vol(after(past), sign * threeSigmas * (1 - 1e-6))).toBeUndefined()
    }
  })

  it('has no score before 60 returns', () => {
    expect(vol(after(past.slice(0, -1)), 20_000)).toBeUndefined()
  })

  it('within a path each price is compared with the one before it: two steps of $10 are not one of $20', () => {
    const flat = after(Array.from({ length: 61 }, (_, i) => at(60 * i, 30_000)))
    const broken = (...prices: number[]) => names(flat.triggered(prices.map((price, i) => at(10_000 + 60 * i, price))))
    expect(broken(30_010, 30_020)).not.toContain('vol_breakout')
    expect(broken(30_020)).toContain('vol_breakout')
  })

  it('a move below $15 does not count, however many deviations that is; $15 counts', () => {
    const flat = after(Array.from({ length: 61 }, (_, i) => at(60 * i, 30_000)))
    expect(vol(flat, 14.99, 30_000)).toBeUndefined()
    expect(vol(flat, 15, 30_000)).toEqual({
      rule: 'vol_breakout',
      severity: 'medium',
      size: 15,
      trigger: 15,
      unit: 'usd',
    })
  })
})

describe('mean_reversion_break', () => {
  const broken = (detector: ReturnType<typeof rules>, price: number) =>
    detector.triggered([at(10_000, price)]).find(({ rule }) => rule === 'mean_reversion_break')

  it('two deviations from the mean of the last 60 prices count, a millionth less does not', () => {
    // 100 above and below in turn: the mean is 30,000 and the deviation 100 · √(60/59).
    const past = Array.from({ length: 60 }, (_, i) => at(60 * i, i % 2 ? 30_100 : 29_900))
    const two = 200 * Math.sqrt(60 / 59)
    for (const sign of [1, -1]) {
      expect(broken(after(past), 30_000 + sign * two)).toMatchObject({ severity: 'low', unit: 'usd' })
      expect(broken(after(past), 30_000 + sign * two * (1 - 1e-6))).toBeUndefined()
    }
    expect(broken(after(past.slice(1)), 40_000)).toBeUndefined()
  })

  it('after a flat feed $25 count and $24.99 do not', () => {
    const flat = after(Array.from({ length: 60 }, (_, i) => at(60 * i, 30_000)))
    expect(broken(flat, 30_024.99)).toBeUndefined()
    expect(broken(flat, 29_975)).toEqual({
      rule: 'mean_reversion_break',
      severity: 'low',
      size: 25,
      trigger: 25,
      unit: 'usd',
    })
  })

  it('a new level that stays no longer counts after 60 prices', () => {
    const moved = Array.from({ length: 120 }, (_, i) => at(60 * i, i < 60 ? 30_000 : 31_000))
    expect(broken(after(moved.slice(0, 61)), 31_000)).toBeDefined()
    expect(broken(after(moved), 31_000)).toBeUndefined()
  })
})

describe('rules', () => {
  it('all four detect +1 % after a flat feed', () => {
    const flat = after(Array.from({ length: 500 }, (_, i) => at(i, 30_000)))
    expect(flat.score([at(500, 30_000)])).toBe(0)
    expect(names(flat.triggered([at(500, 30_300)]))).toEqual([
      'pct_spike',
      'abs_jump',
      'vol_breakout',
      'mean_reversion_break',
    ])
    // $300 over $15, the smallest of the triggers in money.
    expect(flat.score([at(500, 30_300)])).toBe(20)
  })

  it('one tick a hundred times too high and back: a fall of 3 % a minute later breaks out and leaves the mean', () => {
    const usual = Array.from({ length: 200 }, (_, i) => at(60 * i, 30_000 + 5 * rng.normal()))
    const tick = [at(12_000, 3_000_000), at(12_060, 30_000)]
    expect(names(after([...usual, ...tick]).triggered([at(12_120, 29_100)]))).toEqual([
      'vol_breakout',
      'mean_reversion_break',
    ])
  })

  it('there is no score before the first price', () => {
    expect(rules('rules').score([at(0, 1)])).toBeNull()
    expect(rules('rules').score([])).toBeNull()
  })
})

describe('observationsOf', () => {
  it('a rising bar passes its low first, a falling one its high; the extremes stand in its middle', () => {
    expect(observationsOf(candle(0, 100, 110, 95, 105), hourMs)).toEqual([
      at(0, 100),
      at(1_800, 95),
      at(1_800, 110),
      at(3_600, 105),
    ])
    expect(observationsOf(candle(0, 105, 110, 95, 100), hourMs).map(({ price }) => price)).toEqual([105, 110, 95, 100])
  })

  it('an hour is compared high with low and open with the close before it, never with the hour before', () => {
    const detector = rules('rules')
    detector.learn(observationsOf(candle(0, 30_000, 30_500, 29_500, 30_000), hourMs))
    expect(detector.score(observationsOf(candle(1, 30_000, 30_010, 29_990, 30_000), hourMs))).toBeCloseTo(20 / 30, 9)
    expect(detector.score(observationsOf(candle(1, 30_060, 30_060, 30_060, 30_060), hourMs))).toBe(2)
  })
})
