import { describe, expect, it } from 'vitest'
import { harmonicShares, lnHarmonicMean } from './harmonic.ts'

describe('the harmonic mean of p-values', () => {
  it('.5, .25 and .125 make 3 / (2 + 4 + 8), to which they give 1, 2 and 4 sevenths', () => {
    const lnPs = [0.5, 0.25, 0.125].map(Math.log)
    expect(Math.exp(lnHarmonicMean(lnPs))).toBeCloseTo(3 / 14, 12)
    expect(harmonicShares(lnPs)).toEqual([1, 2, 4].map(x => expect.closeTo(x / 7, 12)))
  })

  it('one that is far beyond a double is heard among four that see nothing', () => {
    const lnPs = [-2_000, 0, 0, 0, 0]
    expect(lnHarmonicMean(lnPs)).toBeCloseTo(-2_000 + Math.log(5), 9)
    expect(harmonicShares(lnPs)).toEqual([1, 0, 0, 0, 0])
  })

  it('of one it is that one', () => {
    expect(lnHarmonicMean([-3])).toBe(-3)
    expect(harmonicShares([-3])).toEqual([1])
  })
})
