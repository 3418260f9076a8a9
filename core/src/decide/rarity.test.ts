import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { hourMs, minuteMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { Conformal } from './conformal.ts'
import { LongRarity, makeRarity } from './rarity.ts'

/** Scores of exponential noise: one in e^x is above x. */
function noisy(count: number, rarity = new LongRarity(minuteMs)): LongRarity {
  const rng = makeRng(5)
  for (let i = 0; i < count; i++) rarity.learn(-Math.log(1 - rng.uniform()))
  return rarity
}

describe('p-values of bars of less than an hour', () => {
  it('longer bars have the exact ones', () => {
    expect(makeRarity(hourMs)).toBeInstanceOf(Conformal)
    expect(makeRarity(minuteMs)).toBeInstanceOf(LongRarity)
  })

  it('once in twelve weeks can be said of a minute: one in 120,961', () => {
    const rarity = noisy(12 * 7 * 1_440)
    expect(rarity.pValue(1_000)).toBeCloseTo(1 / 120_961, 12)
    expect(rarity.pValue(Math.log(100))).toBeCloseTo(0.01, 3)
    expect(rarity.pValue(Math.log(10_000))).toBeGreaterThan(0.5e-4)
    expect(rarity.pValue(Math.log(10_000))).toBeLessThan(2e-4)
  })

  it('a larger score never has a larger p-value, below zero too', () => {
    const rarity = noisy(3_000)
    const scores = Array.from({ length: 4_000 }, (_, i) => -2 + i / 200)
    const found = scores.map(score => rarity.pValue(score) as number)
    expect(found.filter((p, i) => i > 0 && p > (found[i - 1] as number) + 1e-12)).toEqual([])
    expect(found.every(p => p > 0 && p <= 1)).toBe(true)
  })

  it('fewer than a hundred scores say nothing; what is older than fifteen weeks is forgotten', () => {
    const rarity = new LongRarity((30 * minuteMs) as Ms)
    for (let i = 0; i < 99; i++) rarity.learn(50)
    expect(rarity.pValue(1)).toBeNull()
    for (let i = 0; i < 15 * 7 * 48; i++) rarity.learn(0)
    expect(rarity.pValue(40)).toBeLessThan(1 / 4_000)
  })

  it('saved and loaded it goes on to the byte, in a few kB', () => {
    const [straight, second] = [noisy(90_000), new LongRarity(minuteMs)]
    second.load(noisy(40_000).save())
    const rng = makeRng(5)
    for (let i = 0; i < 40_000; i++) rng.uniform()
    for (let i = 0; i < 50_000; i++) second.learn(-Math.log(1 - rng.uniform()))
    expect(second.save()).toEqual(straight.save())
    expect(second.save().length).toBeLessThan(6_000)
  })
})
