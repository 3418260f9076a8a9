import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { detectorContract } from './contract.suite.ts'
import { zscore } from './zscore.ts'

const rng = makeRng(1)

detectorContract('zscore', {
  make: () => zscore('zscore'),
  ordinary: Array.from({ length: 400 }, () => ({ logReturn: 0.005 * rng.normal() })),
  flat: { logReturn: 0 },
  extreme: { logReturn: -0.2 },
})

describe('zscore', () => {
  const after = (returns: readonly number[], windowBars: number) => {
    const detector = zscore('zscore', windowBars)
    for (const logReturn of returns) detector.learn({ logReturn })
    return detector
  }

  it('after 1, 2, 3, 4 and 5 %: mean 3 %, deviation √2.5 %, so 8 % and −2 % are both 5/√2.5', () => {
    const detector = after([0.01, 0.02, 0.03, 0.04, 0.05], 5)
    for (const logReturn of [0.08, -0.02]) expect(detector.score({ logReturn })).toBeCloseTo(5 / Math.sqrt(2.5), 10)
  })

  it('has no score before its window is full', () => {
    expect(after(Array(59).fill(0.01), 60).score({ logReturn: 0.5 })).toBeNull()
    expect(after(Array(60).fill(0.01), 60).score({ logReturn: 0.5 })).not.toBeNull()
  })

  it('+1 % after a flat feed is flagged, at a hundred times the floor of 0.01 %', () => {
    const lively = Array.from({ length: 300 }, () => 0.02 * rng.normal())
    expect(after([...lively, ...Array(300).fill(0)], 60).score({ logReturn: 0.01 })).toBeCloseTo(100, 9)
  })

  it('one tick ten thousand times too high and back: a crash of 5 % right after it is still above 3', () => {
    const usual = Array.from({ length: 300 }, () => 0.005 * rng.normal())
    const badTick = Math.log(10_000)
    expect(after([...usual, badTick, -badTick], 60).score({ logReturn: -0.05 })).toBeGreaterThan(3)
  })
})
