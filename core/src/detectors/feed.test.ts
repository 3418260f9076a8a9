import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { detectorContract } from './contract.suite.ts'
import { feed } from './feed.ts'
import type { Sizes } from './sizes.ts'

const rng = makeRng(4)
/** A market in which price and volume go up and down together. */
function bar(): Sizes {
  const size = 0.6 * rng.normal()
  const near = () => size + 0.3 * rng.normal()
  return { range: near(), wick: near(), move: near(), volume: near() }
}
const ordinary = Array.from({ length: 1_000 }, bar)
const still: Sizes = { range: 0, wick: 0, move: 0, volume: 0 }

detectorContract('feed', {
  make: () => feed('feed'),
  ordinary,
  // A bar without any range whose volume went on: what a stuck feed sends is itself hard to believe, until it is usual.
  flat: { range: -4.5, wick: -4, move: -3, volume: -3 },
  extreme: { ...still, range: 12 },
})

describe('the checks of the feed detector', () => {
  const detector = feed('feed')
  for (const sizes of ordinary) detector.learn(sizes)
  const surest = (sizes: Sizes) => [...detector.testimonies(sizes)].sort((a, b) => b.share - a.share)[0]

  it.each([
    ['a volume that moved nothing', { ...still, volume: 4 }, 'volume-alone'],
    ['a long wick on the usual volume', { ...still, wick: 4 }, 'wick-alone'],
    ['a long way between two closes on the usual volume', { ...still, move: 4 }, 'move-alone'],
    ['a wide bar on the usual volume', { ...still, range: 4 }, 'range-alone'],
  ] as const)('%s is reported by the surest check, which dominates the score', (_, sizes, witness) => {
    expect(surest(sizes)).toMatchObject({ id: witness })
    expect(surest(sizes)!.share).toBeGreaterThan(0.4)
    expect(detector.score(sizes)).toBeGreaterThan(Math.max(...ordinary.map(one => detector.score(one)!)))
  })

  it('a crash, in which everything moves together, is believed', () => {
    const crash = { range: 2.5, wick: 2.5, move: 2.5, volume: 2.5 }
    expect(detector.score(crash)).toBeLessThan(Math.max(...ordinary.map(one => detector.score(one)!)))
  })

  it('the shares sum to 1, and the p-values are those of the past', () => {
    const opinions = detector.testimonies({ ...still, volume: 1 })
    expect(opinions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    for (const { pValue } of opinions) expect(pValue).toBeGreaterThan(0)
    expect(opinions).toHaveLength(5)
  })

  it('has no score before each check has seen a hundred bars', () => {
    const fresh = feed('feed')
    for (const sizes of ordinary.slice(0, 99)) fresh.learn(sizes)
    expect(fresh.score(still)).toBeNull()
    expect(fresh.testimonies(still)).toEqual([])
    fresh.learn(still)
    expect(fresh.score(still)).not.toBeNull()
  })
})
