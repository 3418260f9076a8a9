import { describe, expect, it } from 'vitest'
import { makeRng, type Rng } from '../stats/rng.ts'
import { weeklyBootstrap, weekOf } from './bootstrap.ts'

const monday = Date.parse('2021-01-04T00:00:00Z')
const hourMs = 3_600_000
const weekly = (...weeks: number[][]) =>
  weeks.flatMap((values, week) => values.map((value, i) => ({ openMs: monday + (week * 168 + i) * hourMs, value })))

/** Picks these of four weeks, in this order. */
function picking(...weeks: number[]): Rng {
  let at = 0
  const uniform = () => weeks[at++]! / 4
  return { uniform, uint32: () => 0, normal: () => 0 }
}

describe('weekly block bootstrap', () => {
  it('a week runs from Monday 00:00 to Sunday 23:00, UTC', () => {
    expect(weekOf(monday - hourMs)).toBe(weekOf(monday) - 1)
    expect(weekOf(monday + 167 * hourMs)).toBe(weekOf(monday))
    expect(weekOf(monday + 168 * hourMs)).toBe(weekOf(monday) + 1)
  })

  it('two draws, by hand: whole weeks are drawn, and a long week weighs more than a short one', () => {
    // Weeks sum to 6 of 3 bars, 1 of 1, 8 of 2 and 0 of 1. First draw: weeks 0, 0, 2, 3 = 20 / 9; second: 1, 1, 1, 2 = 11 / 5.
    const values = weekly([1, 2, 3], [1], [4, 4], [0])
    expect(weeklyBootstrap(values, picking(0, 0, 2, 3, 1, 1, 1, 2), 2)).toEqual({ lower: 11 / 5, upper: 20 / 9 })
  })

  it('equal weeks give an interval without width', () => {
    const values = weekly([1, 3], [1, 3], [1, 3], [1, 3], [1, 3])
    expect(weeklyBootstrap(values, makeRng(1))).toEqual({ lower: 2, upper: 2 })
  })

  it('errors that run together within a week make it as wide as the few weeks, not the many hours, deserve', () => {
    // 40 weeks of ±1: the mean of 40 coins has a deviation of 1 / √40 = 0.158, whatever the hours in a week.
    const values = weekly(...Array.from({ length: 40 }, (_, week) => Array<number>(100).fill(week % 2 ? 1 : -1)))
    const { lower, upper } = weeklyBootstrap(values, makeRng(2))!
    expect(upper - lower).toBeGreaterThan(2 * 1.96 * 0.158 * 0.9)
    expect(upper - lower).toBeLessThan(2 * 1.96 * 0.158 * 1.1)
  })

  it('equal seeds give equal intervals; three weeks give none', () => {
    const values = weekly([1, 5], [2], [9], [4])
    expect(weeklyBootstrap(values, makeRng(3))).toEqual(weeklyBootstrap(values, makeRng(3)))
    expect(weeklyBootstrap(values.slice(0, -1), makeRng(3))).toBeNull()
  })
})
