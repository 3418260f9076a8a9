import { describe, expect, it } from 'vitest'
import { Ewma } from './ewma.ts'

describe('Ewma', () => {
  it('has no mean before the first value, and is that value after it', () => {
    const ewma = new Ewma(12)
    expect(ewma.mean).toBeNull()
    ewma.learn(3)
    expect(ewma.mean).toBeCloseTo(3, 12)
  })

  it('half-life of one bar: 1, 2, 3 weigh 1/4, 1/2, 1 and make 17/7', () => {
    const ewma = new Ewma(1)
    for (const x of [1, 2, 3]) ewma.learn(x)
    expect(ewma.mean).toBeCloseTo((1 / 4 + 2 / 2 + 3) / (7 / 4), 12)
  })

  it('a prior of many bars barely moves, a prior of one bar is outweighed', () => {
    const [strong, weak] = [new Ewma(10), new Ewma(10)]
    strong.prime(1, 1_000)
    weak.prime(1, 1)
    for (const ewma of [strong, weak]) for (let i = 0; i < 10; i++) ewma.learn(0)
    expect(strong.mean).toBeCloseTo(0.5, 6)
    expect(weak.mean).toBeLessThan(0.1)
  })

  it('saved and loaded, goes on to the last bit', () => {
    const [a, b] = [new Ewma(7), new Ewma(7)]
    for (const x of [0.1, 0.7, 0.3]) a.learn(x)
    b.load(a.save())
    a.learn(0.9)
    b.learn(0.9)
    expect(b.mean).toBe(a.mean)
  })
})
