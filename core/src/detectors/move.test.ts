import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { detectorContract } from './contract.suite.ts'
import { type Move, move, twoSidedMove } from './move.ts'

const rng = makeRng(1)
const around = (up: number, down: number): Move => ({
  high: 100 * Math.exp(up),
  low: 100 * Math.exp(-down),
  previousClose: 100,
})

detectorContract('move', {
  make: () => move('move'),
  ordinary: Array.from({ length: 400 }, () => around(0.01 * rng.uniform(), 0.01 * rng.uniform())),
  flat: around(0, 0),
  extreme: around(0, 0.3),
})

describe('move', () => {
  const after = (bars: readonly Move[]) => {
    const detector = move('move')
    for (const bar of bars) detector.learn(bar)
    return detector
  }

  it('the larger side counts, and a gap counts from the close before it', () => {
    expect(twoSidedMove(around(0.01, 0.03))).toBeCloseTo(0.03, 12)
    expect(twoSidedMove(around(0.03, 0.01))).toBeCloseTo(0.03, 12)
    expect(twoSidedMove(around(-0.04, 0.05))).toBeCloseTo(0.05, 12)
    expect(twoSidedMove(around(0, 0))).toBe(0)
  })

  it('a fall of 3 % where 1 % is usual has a score of 3; there is no score before a day of bars', () => {
    const usual = around(0.01, 0.002)
    expect(after(Array(23).fill(usual)).score(around(0, 0.03))).toBeNull()
    expect(after(Array(24).fill(usual)).score(around(0, 0.03))).toBeCloseTo(3, 10)
  })

  it('+1 % after a flat feed is flagged, at a hundred times the floor of 0.01 %', () => {
    expect(after(Array(500).fill(around(0, 0))).score(around(0.01, 0))).toBeCloseTo(100, 9)
  })

  it('one tick a hundred times too high is learned as six usual bars', () => {
    const usual = around(0.01, 0.005)
    const past = Array(300).fill(usual)
    // Weight of one bar at a half-life of 168: 0.41 %, and more while the past is short. Five more of them: about 2.9 %.
    const [before, later] = [after(past), after([...past, around(4.6, 0)])].map(d => d.score(usual) as number)
    expect((later as number) / (before as number)).toBeGreaterThan(0.97)
    expect((later as number) / (before as number)).toBeLessThan(0.98)
  })
})
