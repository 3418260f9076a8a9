import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { detectorContract } from './contract.suite.ts'
import type { Sizes } from './sizes.ts'
import { unaccompanied } from './unaccompanied.ts'

const rng = makeRng(2)
/** A market in which all sizes go up and down together. */
function bar(size = 0.6 * rng.normal()): Sizes {
  const near = () => size + 0.3 * rng.normal()
  return { range: near(), wick: near(), move: near(), volume: near() }
}
const ordinary = Array.from({ length: 600 }, () => bar())
const flat: Sizes = { range: -6, wick: -4, move: -3, volume: -1 }
const still: Sizes = { range: 0, wick: 0, move: 0, volume: 0 }

detectorContract('unaccompanied: volume without range', {
  make: () => unaccompanied('volume-alone', { of: 'volume', without: 'range' }),
  ordinary,
  flat,
  extreme: { ...still, volume: 9 },
})
detectorContract('unaccompanied: move without volume', {
  make: () => unaccompanied('move-alone', { of: 'move', without: 'volume' }),
  ordinary,
  flat,
  extreme: { ...still, move: 9 },
})
detectorContract('unaccompanied: ranges without volume', {
  make: () => unaccompanied('ranges-alone', { of: 'range', without: 'volume', halfLifeBars: 3 }),
  ordinary,
  flat,
  extreme: { ...still, range: 9 },
})

describe('unaccompanied', () => {
  const trained = (halfLifeBars?: number) => {
    const question = { of: 'range', without: 'volume' } as const
    const detector = unaccompanied('range-alone', halfLifeBars ? { ...question, halfLifeBars } : question)
    for (const sizes of ordinary) detector.learn(sizes)
    return detector
  }

  it('a crash, in which price and volume leap together, is ordinary; the same leap on usual volume is not', () => {
    const detector = trained()
    const most = Math.max(...ordinary.map(sizes => detector.score(sizes) as number))
    expect(detector.score({ ...still, range: 2, volume: 2.2 })).toBeLessThan(most)
    expect(detector.score({ ...still, range: 2 })).toBeGreaterThan(most)
  })

  it('six bars that are each a little too wide raise the score of the last bars together', () => {
    const detector = trained(3)
    const scores = Array.from({ length: 6 }, () => {
      const wide = { ...still, range: 0.8 }
      const score = detector.score(wide) as number
      detector.learn(wide)
      return score
    })
    expect([...scores].sort((a, b) => a - b)).toEqual(scores)
    expect(scores[5]).toBeGreaterThan(2 * (scores[0] as number))
  })
})
