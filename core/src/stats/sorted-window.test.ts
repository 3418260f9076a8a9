import { describe, expect, it } from 'vitest'
import { Ring } from './ring.ts'
import { makeRng, type Rng } from './rng.ts'
import { SortedWindow } from './sorted-window.ts'

// Streams that a window of scores meets: all different, few different values, zeros of both signs, rising, falling.
const streams: Record<string, (rng: Rng, i: number) => number> = {
  normal: rng => rng.normal(),
  duplicates: rng => Math.floor(5 * rng.uniform()) - 2,
  'zeros of both signs': rng => [-0, 0, 1, -1][rng.uint32() % 4] as number,
  rising: (_, i) => i,
  falling: (_, i) => -i,
  infinities: rng => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, rng.normal()][rng.uint32() % 3] as number,
}

describe('SortedWindow', () => {
  for (const [name, draw] of Object.entries(streams)) {
    it(`${name}: counts and keeps what Ring counts and keeps, before it is full and after`, () => {
      for (let seed = 1; seed <= 40; seed++) {
        const rng = makeRng(seed)
        const capacity = 1 + (rng.uint32() % 33)
        const [fast, plain] = [new SortedWindow(capacity), new Ring(capacity)]
        for (let i = 0; i < 150; i++) {
          const x = draw(rng, i)
          for (const window of [fast, plain]) window.push(x)
          const asked = [x, draw(rng, i), -0, 0, 0.5, -1e300, 1e300]
          const counts = (window: SortedWindow | Ring) => asked.map(y => window.countAtLeast(y))
          expect(counts(fast), `seed ${seed}, push ${i}`).toEqual(counts(plain))
          expect(fast.size).toBe(plain.size)
        }
        expect(fast.toArray(), `seed ${seed}`).toEqual(plain.toArray())
      }
    })
  }

  it('counts nothing while it is empty', () => {
    expect(new SortedWindow(3).countAtLeast(-1e9)).toBe(0)
    expect(new SortedWindow(3).toArray()).toEqual([])
  })

  it('the k-th smallest and the largest few are of the values it holds, once it has wrapped too', () => {
    const window = new SortedWindow(3)
    expect(window.smallest(1)).toBeNull()
    expect(window.largest(2)).toEqual([])
    for (const x of [9, 3, 1, 2]) window.push(x)
    expect([1, 2, 3, 4].map(k => window.smallest(k))).toEqual([1, 2, 3, null])
    expect(window.largest(2)).toEqual([2, 3])
    expect(window.largest(5)).toEqual([1, 2, 3])
  })

  it('saves the same bytes as Ring, oldest first, and continues from them unchanged', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const rng = makeRng(seed)
      const draw = () => (streams['zeros of both signs'] as (rng: Rng) => number)(rng)
      const [undisturbed, plain] = [new SortedWindow(20), new Ring(20)]
      for (let i = 0; i < rng.uint32() % 60; i++) {
        const x = draw()
        for (const window of [undisturbed, plain]) window.push(x)
      }
      expect(undisturbed.save(), `seed ${seed}`).toEqual(plain.save())
      const loaded = new SortedWindow(20)
      for (let i = 0; i < 25; i++) loaded.push(1e9)
      loaded.restore(plain.save())
      for (let i = 0; i < 50; i++) {
        const x = draw()
        for (const window of [undisturbed, loaded]) window.push(x)
        expect(loaded.save(), `seed ${seed}`).toEqual(undisturbed.save())
        expect(loaded.countAtLeast(0)).toBe(undisturbed.countAtLeast(0))
      }
    }
  })

  it('loading more values than it can hold keeps the newest', () => {
    const window = new SortedWindow(2)
    window.load([9, 1, 3, 2])
    expect(window.toArray()).toEqual([3, 2])
    window.push(5)
    expect(window.toArray()).toEqual([2, 5])
    expect([window.countAtLeast(3), window.countAtLeast(2)]).toEqual([1, 2])
  })
})
