import { describe, expect, it } from 'vitest'
import { makeRng } from './rng.ts'
import { Rolling } from './rolling.ts'

const filled = (options: ConstructorParameters<typeof Rolling>[0], values: readonly number[]) => {
  const rolling = new Rolling(options)
  for (const x of values) rolling.push(x)
  return rolling
}

describe('Rolling', () => {
  it('no mean before the first number, no deviation before the second', () => {
    const rolling = new Rolling({ window: 3, floor: 0 })
    expect([rolling.mean, rolling.deviation]).toEqual([null, null])
    rolling.push(5)
    expect([rolling.mean, rolling.deviation]).toEqual([5, null])
  })

  it('2 4 4 4 5 5 7 9: mean 5, squares 32 over 7; what came before the window is forgotten', () => {
    const rolling = filled({ window: 8, floor: 0 }, [1e6, -3, 2, 4, 4, 4, 5, 5, 7, 9])
    expect(rolling.mean).toBe(5)
    expect(rolling.deviation).toBeCloseTo(Math.sqrt(32 / 7), 14)
  })

  // The usual example against sums of squares: the variance of 4, 7, 13, 16 is 30 wherever they stand.
  it('4 7 13 16 far from zero: the variance stays 30', () => {
    const rolling = filled(
      { window: 4, floor: 0 },
      [4, 7, 13, 16].map(x => 1e9 + x),
    )
    expect(rolling.deviation).toBeCloseTo(Math.sqrt(30), 12)
  })

  it('the deviation of a flat feed is its floor, and +1 % after it stands out', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const rng = makeRng(seed)
      const rolling = new Rolling({ window: 60, floor: 1e-4 })
      const price = 20_000 + 30_000 * rng.uniform()
      for (let i = 0; i < 300; i++) rolling.push(0.02 * rng.normal())
      for (let i = 0; i < 300; i++) rolling.push(Math.log(price / price))
      expect(rolling.deviation, `seed ${seed}`).toBe(1e-4)
      expect((0.01 - (rolling.mean as number)) / (rolling.deviation as number), `seed ${seed}`).toBeCloseTo(100, 9)
    }
  })

  it('without a floor and winsorising a flat window has a deviation of 0 and learns the jump after it unchanged', () => {
    const rolling = filled({ window: 3, floor: 0 }, [7, 7, 7])
    expect(rolling.deviation).toBe(0)
    rolling.push(10)
    expect(rolling.toArray()).toEqual([7, 7, 10])
    expect(rolling.deviation).toBeCloseTo(Math.sqrt(3), 14)
  })

  it('winsorised at 6: a bad tick is learned as six deviations, and only once the window is full', () => {
    const options = { window: 4, floor: 0.1, winsorAt: 6 }
    const early = filled(options, [0, 0, 1e6])
    expect(early.toArray()).toEqual([0, 0, 1e6])
    const full = filled(options, [4, 7, 13, 16, 1e6])
    expect(full.toArray().at(-1)).toBeCloseTo(10 + 6 * Math.sqrt(30), 12)
    const below = filled(options, [0, 0, 0, 0, -1e6])
    expect(below.toArray().at(-1)).toBeCloseTo(-0.6, 12)
  })

  it('winsorised, it follows moves that become a hundred times larger for good within one window', () => {
    const rng = makeRng(1)
    const rolling = new Rolling({ window: 60, floor: 1e-6, winsorAt: 6 })
    for (let i = 0; i < 100; i++) rolling.push(1e-4 * rng.normal())
    for (let i = 0; i < 60; i++) rolling.push(1e-2 * rng.normal())
    expect(rolling.deviation).toBeGreaterThan(0.5e-2)
  })

  it('saved and loaded, goes on to the last bit', () => {
    const rng = makeRng(7)
    const options = { window: 20, floor: 1e-9, winsorAt: 2 }
    const a = new Rolling(options)
    for (let i = 0; i < 33; i++) a.push(rng.normal())
    const b = new Rolling(options)
    b.push(9)
    b.load(a.toArray())
    for (let i = 0; i < 40; i++) {
      expect([b.mean, b.deviation]).toEqual([a.mean, a.deviation])
      const x = rng.normal()
      a.push(x)
      b.push(x)
    }
  })
})
