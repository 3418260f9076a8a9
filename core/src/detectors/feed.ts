import { known, nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import { harmonicShares, lnHarmonicMean } from '../stats/p-values.ts'
import { Tail } from '../stats/tail.ts'
import type { Detector } from '../types.ts'
import type { Sizes } from './sizes.ts'
import { type Question, unaccompanied } from './unaccompanied.ts'

/** Signs of a broken feed: one size of a bar that the others do not confirm. */
const questions = {
  'volume-alone': { of: 'volume', without: 'range' },
  'range-alone': { of: 'range', without: 'volume' },
  'wick-alone': { of: 'wick', without: 'volume' },
  'move-alone': { of: 'move', without: 'volume' },
  'ranges-alone': { of: 'range', without: 'volume', halfLifeBars: 3 },
} as const satisfies Record<string, Question>

export type Witness = keyof typeof questions

/** The result of one check: its score, the share of its past scores at least as large, and its part in the whole. */
export interface Testimony {
  readonly id: Witness
  readonly score: number
  readonly pValue: number
  /** The shares of all sum to 1. */
  readonly share: number
}

/**
 * Is this row believable at all? Five checks, each by the rarity of its score among its own past ones, their harmonic
 * mean making one: score = −ln of it, so that a single clear check counts. null until each knows 100 bars.
 */
export interface FeedDetector extends Detector<Sizes> {
  testimonies(sizes: Sizes): readonly Testimony[]
}

export function feed(id: string): FeedDetector {
  const witnesses = (Object.keys(questions) as Witness[]).map(name => ({
    name,
    detector: unaccompanied(name, questions[name]),
    tail: new Tail(),
  }))
  // A bar is scored and then learned: the checks are computed once.
  let asked: { readonly sizes: Sizes; readonly scores: readonly number[] } | null = null
  const scoresOf = (sizes: Sizes) => {
    if (asked?.sizes !== sizes) asked = { sizes, scores: witnesses.map(({ detector }) => known(detector.score(sizes))) }
    return asked.scores
  }
  const lnPsOf = (scores: readonly number[]): number[] | null => {
    const lnPs = witnesses.map(({ tail }, i) => tail.lnP(nth(scores, i)))
    return lnPs.every(lnP => lnP !== null) ? lnPs : null
  }
  return {
    id,
    score(sizes) {
      const lnPs = lnPsOf(scoresOf(sizes))
      return lnPs && -lnHarmonicMean(lnPs)
    },
    testimonies(sizes) {
      const scores = scoresOf(sizes)
      const lnPs = lnPsOf(scores)
      if (lnPs === null) return []
      const shares = harmonicShares(lnPs)
      return witnesses.map(({ name }, i) => ({
        id: name,
        score: nth(scores, i),
        pValue: Math.exp(nth(lnPs, i)),
        share: nth(shares, i),
      }))
    },
    learn(sizes) {
      const scores = scoresOf(sizes)
      witnesses.forEach(({ detector, tail }, i) => {
        tail.learn(nth(scores, i))
        detector.learn(sizes)
      })
      asked = null
    },
    save: () => pack(witnesses.flatMap(({ detector, tail }) => [detector.save(), tail.save()])),
    load(state) {
      asked = null
      const parts = unpack(state)
      witnesses.forEach(({ detector, tail }, i) => {
        detector.load(nth(parts, 2 * i))
        tail.load(nth(parts, 2 * i + 1))
      })
    },
  }
}
