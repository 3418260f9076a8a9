import { describe, expect, it } from 'vitest'
import type { Detector } from '../types.ts'

export interface DetectorCase<Features> {
  make(): Detector<Features>
  /** At least 300 bars of an ordinary market, oldest first. */
  ordinary: readonly Features[]
  /** A bar in which nothing moved at all. */
  flat: Features
  /** A bar far out of proportion to `ordinary`. */
  extreme: Features
}

/** The tests that every detector must pass. */
export function detectorContract<Features>(
  name: string,
  { make, ordinary, flat, extreme }: DetectorCase<Features>,
): void {
  const trained = () => {
    const detector = make()
    for (const features of ordinary) detector.learn(features)
    return detector
  }

  describe(`${name} keeps the detector contract`, () => {
    it('score changes nothing, so that two calls give the same result', () => {
      const detector = trained()
      const before = detector.save()
      const first = detector.score(extreme)
      expect(detector.score(extreme)).toBe(first)
      expect(detector.save()).toEqual(before)
    })

    it('a score is finite or null, never NaN, from the first bar on', () => {
      const detector = make()
      for (const features of [...ordinary, flat, extreme]) {
        const score = detector.score(features)
        expect(score === null || Number.isFinite(score)).toBe(true)
        detector.learn(features)
      }
    })

    it('the same past gives the same score to the last bit', () => {
      expect(trained().score(extreme)).toBe(trained().score(extreme))
    })

    it('saving and loading half-way changes nothing', () => {
      const half = Math.floor(ordinary.length / 2)
      const undisturbed = trained()
      const first = make()
      for (const features of ordinary.slice(0, half)) first.learn(features)
      const second = make()
      second.load(first.save())
      for (const features of ordinary.slice(half)) second.learn(features)
      expect(second.score(extreme)).toBe(undisturbed.score(extreme))
      expect(second.save()).toEqual(undisturbed.save())
    })

    it('the extreme bar scores above every ordinary one', () => {
      const detector = trained()
      const scores = ordinary.map(features => detector.score(features) ?? Number.NEGATIVE_INFINITY)
      expect(detector.score(extreme)).toBeGreaterThan(Math.max(...scores))
    })

    it('the extreme bar after a thousand flat ones has a high, finite score', () => {
      const detector = trained()
      for (let i = 0; i < 1_000; i++) detector.learn(flat)
      const score = detector.score(extreme)
      expect(score).not.toBeNull()
      expect(Number.isFinite(score)).toBe(true)
      expect(score).toBeGreaterThan(detector.score(flat) ?? Number.NEGATIVE_INFINITY)
    })

    it('one bad tick, ten thousand times too large, does not hide the extreme bar after it', () => {
      const detector = trained()
      const usual = detector.score(ordinary[0] as Features) ?? 0
      detector.learn(extreme)
      expect(detector.score(extreme)).toBeGreaterThan(usual)
    })
  })
}
