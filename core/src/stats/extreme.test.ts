import { describe, expect, it } from 'vitest'
import { Extreme } from './extreme.ts'
import { makeRng } from './rng.ts'

const rng = makeRng(3)
// A small alphabet, so that equal numbers come often.
const numbers = Array.from({ length: 2_000 }, () => Math.floor(20 * rng.uniform()))

describe('Extreme', () => {
  it.each([1, 2, 7, 168])('over the last %i numbers it equals a search of all of them', count => {
    const [highest, lowest] = [new Extreme(count, 'highest'), new Extreme(count, 'lowest')]
    numbers.forEach((x, i) => {
      highest.learn(x)
      lowest.learn(x)
      const window = numbers.slice(Math.max(0, i + 1 - count), i + 1)
      expect(highest.value).toBe(Math.max(...window))
      expect(lowest.value).toBe(Math.min(...window))
    })
  })

  it('has no value before the first number', () => {
    expect(new Extreme(3, 'lowest').value).toBeNull()
  })

  it('saved and loaded at any moment, it continues unchanged', () => {
    const undisturbed = new Extreme(7, 'highest')
    let other = new Extreme(7, 'highest')
    numbers.slice(0, 300).forEach(x => {
      const loaded = new Extreme(7, 'highest')
      loaded.load(other.save())
      other = loaded
      undisturbed.learn(x)
      other.learn(x)
      expect(other.value).toBe(undisturbed.value)
    })
  })
})
