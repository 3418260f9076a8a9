import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { detectorContract } from './contract.suite.ts'
import { type Residual, residual } from './residual.ts'

const rng = makeRng(1)
const around = (up: number, down: number): Residual => ({
  high: { actual: 100 * Math.exp(up), expected: 100.5 },
  low: { actual: 100 * Math.exp(-down), expected: 99.5 },
  scale: 0.01,
  isOpening: false,
})

detectorContract('residual', {
  make: () => residual('residual', 0.4),
  ordinary: Array.from({ length: 400 }, () =>
    around(0.005 * (1 + 0.5 * rng.normal()), 0.005 * (1 + 0.5 * rng.normal())),
  ),
  flat: around(0, 0),
  extreme: around(0, 0.2),
})

describe('residual', () => {
  it('before it has learned anything it measures by the prior: 1 % above expected at a usual 0.4 % is 2.5', () => {
    const features = {
      high: { actual: Math.E ** 0.01, expected: 1 },
      low: { actual: 1, expected: 1 },
      scale: 0.01,
      isOpening: false,
    }
    expect(residual('residual', 0.4).score(features)).toBeCloseTo(2.5, 10)
  })

  it('a fall below the low counts as a rise above the high does', () => {
    const up = {
      high: { actual: 110, expected: 100 },
      low: { actual: 95, expected: 95 },
      scale: 0.01,
      isOpening: false,
    }
    const down = {
      high: { actual: 100, expected: 100 },
      low: { actual: 95, expected: 104.5 },
      scale: 0.01,
      isOpening: false,
    }
    expect(residual('residual', 1).score(down)).toBeCloseTo(residual('residual', 1).score(up) as number, 10)
  })

  it('an opening is measured by the usual miss of openings, and teaches nothing about other bars', () => {
    const detector = residual('residual', 0.4)
    const within = around(0.01, 0.005)
    for (let i = 0; i < 300; i++) detector.learn(within)
    const before = detector.score(within)
    const opening = { ...around(0.04, 0.02), isOpening: true }
    for (let i = 0; i < 300; i++) detector.learn(opening)
    expect(detector.score(within)).toBe(before)
    expect(detector.score(opening)).toBeCloseTo(1, 1)
  })

  it('one tick a hundred times too high is learned as six usual bars', () => {
    const detector = residual('residual', 0.4)
    const usual = around(0.01, 0.005)
    for (let i = 0; i < 300; i++) detector.learn(usual)
    const before = detector.score(usual) as number
    detector.learn(around(4.6, 0))
    // Weight of one bar at a half-life of 168: 0.41 %. Six of them move the mean by about 2 %.
    expect((detector.score(usual) as number) / before).toBeGreaterThan(0.97)
  })
})
