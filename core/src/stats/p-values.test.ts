import { describe, expect, it } from 'vitest'
import { chiSquareUpperTail, fisher, harmonicShares, lnHarmonicMean } from './p-values.ts'

describe('fisher', () => {
  // Fisher's own example, §21.1: three tests at .145, .263 and .087 make a chi-square of 11.417 with 6 degrees.
  it('.145, .263 and .087 make 11.417, of which chance alone makes more between 5 and 10 times in a hundred', () => {
    const statistic = fisher([0.145, 0.263, 0.087].map(Math.log))
    expect(statistic).toBeCloseTo(11.417, 3)
    expect(chiSquareUpperTail(statistic, 3)).toBeGreaterThan(0.05)
    expect(chiSquareUpperTail(statistic, 3)).toBeLessThan(0.1)
  })

  it('one test gives its own p-value', () => {
    for (const p of [1, 0.5, 0.05, 1e-12]) expect(chiSquareUpperTail(fisher([Math.log(p)]), 1) / p).toBeCloseTo(1, 12)
  })

  it('p-values of 1 give 0, and 0 has a p-value of 1', () => {
    expect(fisher([0, 0, 0])).toBe(0)
    expect(chiSquareUpperTail(0, 3)).toBe(1)
  })
})

describe('chiSquareUpperTail', () => {
  // The printed tables: upper 5 % and 1 % points.
  it.each([
    [5.991, 1, 0.05],
    [9.488, 2, 0.05],
    [18.307, 5, 0.05],
    [31.41, 10, 0.05],
    [9.21, 1, 0.01],
    [23.209, 5, 0.01],
  ])('%f with 2 · %i degrees of freedom: %f', (x, tests, p) => {
    expect(chiSquareUpperTail(x, tests)).toBeCloseTo(p, 4)
  })

  it('falls from 1 to 0 and is never NaN, however large', () => {
    let before = 1
    for (const x of [0, 1e-300, 0.1, 1, 10, 100, 1_000, 1e6, 1e80, 1e308]) {
      const p = chiSquareUpperTail(x, 5)
      expect(p).toBeGreaterThanOrEqual(0)
      expect(p).toBeLessThanOrEqual(before)
      before = p
    }
    expect(before).toBe(0)
  })
})

describe('the harmonic mean of p-values', () => {
  it('.5, .25 and .125 make 3 / (2 + 4 + 8), to which they give 1, 2 and 4 sevenths', () => {
    const lnPs = [0.5, 0.25, 0.125].map(Math.log)
    expect(Math.exp(lnHarmonicMean(lnPs))).toBeCloseTo(3 / 14, 12)
    expect(harmonicShares(lnPs)).toEqual([1, 2, 4].map(x => expect.closeTo(x / 7, 12)))
  })

  it('one p-value far below the range of a double still counts among four ordinary ones', () => {
    const lnPs = [-2_000, 0, 0, 0, 0]
    expect(lnHarmonicMean(lnPs)).toBeCloseTo(-2_000 + Math.log(5), 9)
    expect(harmonicShares(lnPs)).toEqual([1, 0, 0, 0, 0])
  })

  it('the mean of one p-value is that p-value', () => {
    expect(lnHarmonicMean([-3])).toBe(-3)
    expect(harmonicShares([-3])).toEqual([1])
  })
})
