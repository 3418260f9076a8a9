import { nth } from '../nth.ts'
import type { Rng } from '../stats/rng.ts'
import { dayMs, weekMs } from '../time.ts'

export interface Interval {
  readonly lower: number
  readonly upper: number
}

export interface Dated {
  /** When its bar opened, epoch ms. */
  readonly openMs: number
  readonly value: number
  /** 1 if it is left out. The mean is the sum of the values over that of the weights, so that it may be a ratio of two sums. */
  readonly weight?: number
}

// 1970 began on a Thursday; a week begins on Monday, UTC.
const daysToMonday = 3
// The spread between fewer weeks than this says nothing.
const leastWeeks = 4

/**
 * The 95 % interval of a mean, by resampling whole calendar weeks: errors of neighbouring hours are alike, and drawing
 * single hours would make the interval far too narrow. Percentiles over the draws; null with fewer than four weeks.
 * After Künsch, Annals of Statistics 17(3), 1989.
 */
export function weeklyBootstrap(values: readonly Dated[], rng: Rng, draws = 2_000): Interval | null {
  const weeks = byWeek(values)
  if (weeks.length < leastWeeks) return null
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0
    let weight = 0
    for (let i = 0; i < weeks.length; i++) {
      const week = nth(weeks, Math.floor(rng.uniform() * weeks.length))
      sum += week.sum
      weight += week.weight
    }
    return sum / weight
  }).sort()
  return { lower: nth(means, Math.floor(0.025 * draws)), upper: nth(means, Math.ceil(0.975 * draws) - 1) }
}

/** Whole weeks since the one that holds 1 January 1970; Monday to Sunday, UTC. */
export function weekOf(openMs: number): number {
  return Math.floor((openMs + daysToMonday * dayMs) / weekMs)
}

function byWeek(values: readonly Dated[]): { sum: number; weight: number }[] {
  const weeks = new Map<number, { sum: number; weight: number }>()
  for (const { openMs, value, weight = 1 } of values) {
    const week = weeks.get(weekOf(openMs)) ?? { sum: 0, weight: 0 }
    week.sum += value
    week.weight += weight
    weeks.set(weekOf(openMs), week)
  }
  return [...weeks.values()]
}
