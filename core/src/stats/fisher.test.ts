import { describe, expect, it } from 'vitest'
import { chiSquareUpperTail, fisher } from './fisher.ts'

describe('fisher', () => {
  // Fisher's own example, §21.1: three tests at .145, .263 and .087 make a chi-square of 11.417 with 6 degrees.
  it('.145, .263 and .087 make 11.417, of which chance alone makes more between 5 and 10 times in a hundred', () => {
    const statistic = fisher([0.145, 0.263, 0.087].map(Math.log))
    expect(statistic).toBeCloseTo(11.417, 3)
    expect(chiSquareUpperTail(statistic, 3)).toBeGreaterThan(0.05)
    expect(chiSquareUpperTail(statistic, 3)).toBeLessThan(0.1)
  })

  it('one test: its p-value comes back', () => {
    for (const p of [1, 0.5, 0.05, 1e-12]) expect(chiSquareUpperTail(fisher([Math.log(p)]), 1) / p).toBeCloseTo(1, 12)
  })

  it('nothing strange at all is 0, and 0 has a p-value of 1', () => {
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
