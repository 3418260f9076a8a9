import { describe, expect, it } from 'vitest'
import { makeRng } from '../../stats/rng.ts'
import { EpisodeBudget } from './episode-budget.ts'

const mergeRows = 6

/** Episodes of scores that are judged and then learned, after 150 rows that are only learned. */
function episodesOf(scores: readonly number[], perRow: number): number {
  const budget = new EpisodeBudget()
  let [episodes, last] = [0, Number.NEGATIVE_INFINITY]
  scores.forEach((score, row) => {
    if (row === 150) budget.start(perRow, mergeRows)
    const isAnomaly = budget.threshold !== null && score >= budget.threshold
    if (isAnomaly) {
      if (row - last > mergeRows) episodes++
      last = row
    }
    budget.learn(score, isAnomaly)
  })
  return episodes
}

/** −log₁₀ of uniform p-values, by what makes of them the scores of row `i`. */
const scores = (count: number, seed: number, of = (score: number, _i: number) => score) => {
  const rng = makeRng(seed)
  return Array.from({ length: count }, (_, i) => of(-Math.log10(1 - rng.uniform()), i))
}

describe('EpisodeBudget', () => {
  it.each([
    ['as they come', undefined],
    ['that creep up', (score: number, i: number) => score + i / 5_000],
    ['that die down', (score: number, i: number) => score / (1 + i / 5_000)],
    ['that come in regimes', (score: number, i: number) => (Math.floor(i / 700) % 2 ? 2 * score : score)],
  ])('scores %s: within a fifth of 60 episodes in 10,000 rows', (_, of) => {
    for (let seed = 1; seed <= 5; seed++) {
      const found = episodesOf(scores(10_150, seed, of), 0.006)
      expect(found).toBeGreaterThanOrEqual(48)
      expect(found).toBeLessThanOrEqual(72)
    }
  })

  it('500 rows of which a twentieth of an episode is due: one in ten series at most alarms', () => {
    const alarmed = Array.from({ length: 100 }, (_, seed) => episodesOf(scores(650, seed), 0.0001) > 0)
    expect(alarmed.filter(Boolean).length).toBeLessThanOrEqual(10)
  })

  it('a budget of 0 never alarms', () => {
    expect(episodesOf(scores(2_000, 1), 0)).toBe(0)
  })

  it('alarms during a whole day are one episode', () => {
    const found = episodesOf(
      scores(3_000, 1, (score, i) => (i >= 2_000 && i < 2_200 ? 50 : Math.min(score, 1))),
      0.0003,
    )
    expect(found).toBe(1)
  })
})
