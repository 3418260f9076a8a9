import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { dayMs, hourMs, minuteMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { Peaks } from './peaks.ts'

/** Peaks of bars that came one after another, the first of them closing at one interval. */
function learned(intervalMs: Ms, scores: readonly number[]): Peaks {
  const peaks = new Peaks(intervalMs)
  scores.forEach((score, i) => void peaks.learn(score, ((i + 1) * intervalMs) as Ms))
  return peaks
}

const all = (peaks: Peaks, memory: 'short' | 'long' = 'long') => [...peaks.within(memory, -Infinity).scores]
const noise = (count: number, seed = 1) => {
  const rng = makeRng(seed)
  return Array.from({ length: count }, () => Math.fround(rng.normal()))
}

describe('peaks', () => {
  it('of hours: every score of the last week, and the 64 largest of each week before', () => {
    const scores = noise(36 * 168)
    const kept = all(learned(hourMs, scores))
    expect(kept.length).toBeLessThanOrEqual(37 * 64 + 168)
    const largest = [...scores.slice(-6_000)].sort((a, b) => b - a).slice(0, 1_000)
    expect([...kept].sort((a, b) => b - a).slice(0, 1_000)).toEqual(largest)
  })

  it('of minutes: the largest score of each quarter of an hour, once it is over', () => {
    const scores = Array.from({ length: 35 }, (_, i) => (i === 7 ? 9 : i === 20 ? 8 : i === 33 ? 7 : 1))
    const peaks = learned(minuteMs, scores)
    expect([...peaks.within('long', 0).scores]).toEqual([9, 8])
    expect(peaks.asOf).toBe(30 * 60)
  })

  it('the short memory ends after 1,500 hours, the long one after 6,000; of days it holds 250 and 1,000', () => {
    const hours = learned(hourMs, [5, ...Array.from({ length: 1_499 }, () => 1), 4])
    expect(Math.max(...all(hours, 'short'))).toBe(4)
    expect(Math.max(...all(hours))).toBe(5)
    const days = learned(dayMs, noise(1_200))
    expect([all(days, 'short').length, all(days).length]).toEqual([250, 1_000])
  })

  it('a pause counts as observed time up to a week', () => {
    const peaks = learned(hourMs, [1, 2, 3])
    peaks.learn(4, (3 * hourMs + dayMs) as Ms)
    expect(peaks.observed('long')).toBe((3 * hourMs + dayMs) / 1_000)
    peaks.learn(5, (3 * hourMs + dayMs + 52 * weekMs) as Ms)
    expect(peaks.observed('long')).toBe((3 * hourMs + dayMs + weekMs) / 1_000)
  })

  it('equal scores are kept up to the same number', () => {
    const peaks = learned(
      hourMs,
      Array.from({ length: 40 * 168 }, () => 1),
    )
    expect(all(peaks).length).toBeLessThanOrEqual(37 * 64 + 168)
  })

  it('saved and loaded at any time it goes on to the byte', () => {
    for (const intervalMs of [minuteMs, hourMs]) {
      const scores = noise(2_000, 3)
      const straight = learned(intervalMs, scores)
      const first = learned(intervalMs, scores.slice(0, 1_234))
      const second = new Peaks(intervalMs)
      second.load(first.save())
      scores.slice(1_234).forEach((score, i) => void second.learn(score, ((1_235 + i) * intervalMs) as Ms))
      expect(second.save()).toEqual(straight.save())
    }
  })
})
