import { describe, expect, it } from 'vitest'
import { Ring } from './ring.ts'

describe('Ring', () => {
  it('keeps the newest values, oldest first', () => {
    const ring = new Ring(3)
    for (const x of [1, 2, 3, 4]) ring.push(x)
    expect(ring.toArray()).toEqual([2, 3, 4])
    expect(ring.size).toBe(3)
  })

  it('counts what is at least as large among the values it holds, not among empty places', () => {
    const ring = new Ring(5)
    for (const x of [-3, -1, 2]) ring.push(x)
    expect(ring.countAtLeast(-1)).toBe(2)
    expect(ring.countAtLeast(0)).toBe(1)
  })

  it('loading more values than it can hold keeps the newest', () => {
    const ring = new Ring(2)
    ring.push(9)
    ring.load([1, 2, 3])
    expect(ring.toArray()).toEqual([2, 3])
  })

  it('after loading it has the same mean to the last bit', () => {
    const ring = new Ring(3)
    for (const x of [7, 0.1, 1e16, -1e16]) ring.push(x)
    const loaded = new Ring(3)
    loaded.load(ring.toArray())
    expect(loaded.mean).toBe(ring.mean)
  })

  it('the mean looks at the values it holds, once it has wrapped too', () => {
    const ring = new Ring(3)
    expect(ring.mean).toBeNull()
    for (const x of [50, 3, 1, 2]) ring.push(x)
    expect(ring.mean).toBe(2)
  })
})
