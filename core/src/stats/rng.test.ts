import { describe, expect, it } from 'vitest'
import { makeRng, xoshiro128 } from './rng.ts'

describe('xoshiro128**', () => {
  // Made with Vigna's xoshiro128starstar.c 1.1, as the test of Rust's rand_xoshiro states them.
  it('state 1, 2, 3, 4 gives the numbers of the reference implementation', () => {
    const next = xoshiro128([1, 2, 3, 4])
    expect(Array.from({ length: 10 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })
})

describe('makeRng', () => {
  const draws = 100_000
  const sample = (draw: () => number) => Array.from({ length: draws }, draw)
  const moment = (values: readonly number[], power: number) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length

  it('equal seeds give equal streams, neighbouring seeds different ones', () => {
    const five = (seed: number) => Array.from({ length: 5 }, makeRng(seed).normal)
    expect(five(1)).toEqual(five(1))
    expect(five(1)).not.toEqual(five(2))
    expect(five(0).every(Number.isFinite)).toBe(true)
  })

  // Each bound is five standard errors of that moment for 100,000 independent draws.
  it('uniform has the moments of the uniform distribution and is never 1', () => {
    const values = sample(makeRng(1).uniform)
    expect(Math.abs(moment(values, 1) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / draws))
    expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / draws))
    expect(values.every(value => value >= 0 && value < 1)).toBe(true)
  })

  it('normal has mean 0, variance 1, skewness 0, kurtosis 3, and no memory', () => {
    const values = sample(makeRng(1).normal)
    expect(Math.abs(moment(values, 1))).toBeLessThan(5 * Math.sqrt(1 / draws))
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(5 * Math.sqrt(2 / draws))
    expect(Math.abs(moment(values, 3))).toBeLessThan(5 * Math.sqrt(15 / draws))
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / draws))
    const products = values.slice(1).map((value, at) => value * values[at]!)
    expect(Math.abs(moment(products, 1))).toBeLessThan(5 * Math.sqrt(1 / draws))
  })
})
