import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import type { Ms } from '../types.ts'
import { alarmLevel } from './budget.ts'
import { Conformal } from './conformal.ts'
import { explain, explainGap, rarity } from './explain.ts'
import { severity } from './severity.ts'

const hourMs = 3_600_000 as Ms

describe('Conformal', () => {
  it('has no opinion on fewer than a hundred scores', () => {
    const calibrator = new Conformal(Array.from({ length: 99 }, (_, i) => i))
    expect(calibrator.pValue(1)).toBeNull()
    calibrator.learn(1)
    expect(calibrator.pValue(1)).not.toBeNull()
  })

  it('of the scores 0 to 98 and one more, three are at least 97: p = (1 + 2) / 100', () => {
    const calibrator = new Conformal(Array.from({ length: 100 }, (_, i) => i))
    expect(calibrator.pValue(98)).toBeCloseTo(3 / 101, 12)
    expect(calibrator.pValue(1_000)).toBeCloseTo(1 / 101, 12)
    expect(calibrator.pValue(-5)).toBe(1)
  })

  it('on bars that are alike, one in a hundred is below 0.01', () => {
    const rng = makeRng(7)
    const calibrator = new Conformal(Array.from({ length: 2_000 }, () => rng.normal()))
    let below = 0
    for (let i = 0; i < 20_000; i++) {
      const score = rng.normal()
      if ((calibrator.pValue(score) as number) <= 0.01) below++
      calibrator.learn(score)
    }
    expect(below / 20_000).toBeGreaterThan(0.007)
    expect(below / 20_000).toBeLessThan(0.013)
  })

  it('forgets what is older than two thousand scores', () => {
    const calibrator = new Conformal(Array.from({ length: 2_000 }, () => 100))
    for (let i = 0; i < 2_000; i++) calibrator.learn(0)
    expect(calibrator.pValue(50)).toBeCloseTo(1 / 2_001, 12)
  })
})

describe('budget and severity', () => {
  it('one alarm a week on hourly bars is one bar in 168, and never more than every bar', () => {
    expect(alarmLevel(1, hourMs)).toBeCloseTo(1 / 168, 12)
    expect(alarmLevel(1_000, hourMs)).toBe(1)
  })

  it('each step of severity is twice as rare', () => {
    const found = [0.0081, 0.008, 0.0041, 0.004, 0.002, 0.001, 0.0001].map(p => severity(p, 0.008))
    expect(found).toEqual([null, 'low', 'low', 'medium', 'high', 'critical', 'critical'])
  })
})

describe('explain', () => {
  const outcome = (actual: number, expected: number, lower: number, upper: number) => ({
    actual,
    expected,
    lower,
    upper,
    baseline: expected,
    model: expected,
    absoluteError: Math.abs(actual - expected),
  })
  const crash = {
    market: 'bitstamp:BTC-USD',
    intervalMs: hourMs,
    open: 38_500,
    close: 36_000,
    high: outcome(38_650, 38_702.4, 38_011.2, 39_804.6),
    low: outcome(30_000, 37_601.9, 36_420, 38_295.3),
    side: 'low',
    pValue: 0.0005,
    isAnomaly: true,
  } as const

  it('a crash reads as a trader would say it', () => {
    expect(explain(crash)).toBe(
      'Fell to 30,000.00 USD, 20.2 % below the 37,601.90 expected (the 90 % range ended at 36,420.00); ' +
        'closed −6.5 % on the bar. A miss this large comes about once in 12 weeks.',
    )
  })

  it('an ordinary bar says that it stayed within what was expected', () => {
    const inside = { ...crash, low: outcome(37_500, 37_601.9, 36_420, 38_295.3), pValue: 0.6, isAnomaly: false }
    expect(explain(inside)).toBe('High 38,650.00 and low 37,500.00 stayed within what was expected.')
  })

  it('an ordinary bar past its range says so and how often that comes', () => {
    const past = { ...crash, low: outcome(36_400, 37_601.9, 36_420, 38_295.3), pValue: 0.05, isAnomaly: false }
    expect(explain(past)).toBe(
      'Low 36,400.00 went below the 90 % range, which ended at 36,420.00; a miss like this comes in about one bar of 20.',
    )
  })

  it('rarity in plain words, whatever the interval', () => {
    expect(rarity({ pValue: 1 / 168, intervalMs: hourMs })).toBe('about once in 7 days')
    expect(rarity({ pValue: 1 / (24 * 7 * 14), intervalMs: hourMs })).toBe('about once in 14 weeks')
    expect(rarity({ pValue: 0.2, intervalMs: hourMs })).toBe('in about one bar of 5')
  })

  it('a gap is told in bars and in time', () => {
    expect(explainGap(1, hourMs)).toBe('1 bar is missing before this one (1 h): no forecast was made for it.')
    expect(explainGap(72, hourMs)).toBe('72 bars are missing before this one (3 days): no forecast was made for it.')
  })
})
