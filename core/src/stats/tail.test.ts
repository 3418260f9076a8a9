import { describe, expect, it } from 'vitest'
import { makeRng } from './rng.ts'
import { Tail } from './tail.ts'

const rng = makeRng(5)
const exponential = Array.from({ length: 2_000 }, () => -Math.log(1 - rng.uniform()))

describe('Tail', () => {
  it('has no p-value for the first hundred scores', () => {
    expect(new Tail(exponential.slice(0, 99)).lnP(1)).toBeNull()
    expect(new Tail(exponential.slice(0, 100)).lnP(1)).not.toBeNull()
  })

  it('within the scores it is the share at least as large: 3 of 100, and itself', () => {
    const tail = new Tail(Array.from({ length: 100 }, (_, i) => i))
    expect(Math.exp(tail.lnP(97) as number)).toBeCloseTo(4 / 101, 12)
  })

  it('beyond them it falls as their tail does: of exponential scores by about one a unit', () => {
    const tail = new Tail(exponential)
    const highest = Math.max(...exponential)
    const fall = (tail.lnP(highest + 1) as number) - (tail.lnP(highest + 11) as number)
    expect(fall / 10).toBeGreaterThan(0.6)
    expect(fall / 10).toBeLessThan(1.6)
  })

  it('falls everywhere, and without a step at the largest', () => {
    const tail = new Tail(exponential)
    const highest = Math.max(...exponential)
    const at = [0, 1, highest - 1e-9, highest + 1e-9, highest + 1, highest + 100].map(x => tail.lnP(x) as number)
    expect([...at].sort((a, b) => b - a)).toEqual(at)
    expect((at[2] as number) - (at[3] as number)).toBeLessThan(Math.LN2 + 1e-6)
  })

  it('scores that are all the same end at one in as many as there were', () => {
    const tail = new Tail(Array(500).fill(1))
    expect(Math.exp(tail.lnP(1e9) as number)).toBeCloseTo(1 / 501, 12)
  })

  it('saved and loaded, answers to the last bit', () => {
    const [a, b] = [new Tail(exponential), new Tail()]
    b.load(a.save())
    for (const tail of [a, b]) tail.learn(0.5)
    expect(b.lnP(20)).toBe(a.lnP(20))
    expect(b.scores).toEqual(a.scores)
  })
})
