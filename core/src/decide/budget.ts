import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { hourMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'

/** Alarms within this time of one another are one episode, and count once against the budget. */
export const mergeMs = (6 * hourMs) as Ms

// Four months of hours: what a week brings varies so much that fewer give a wandering level, and more forget what a market is like now.
const windowBars = 3_000
// With fewer scores than this "once a week" has no meaning.
const leastScores = 100

/**
 * From a budget of episodes a week to the score that alarms: the one that, over the last 3,000 bars, would have kept to it.
 * Alarms come in clusters, so that one bar in 168 alarming makes fewer than one episode a week; counting episodes spends
 * the budget whole. Only the past decides, and an alarm doesn't raise the level by more than its place in that count.
 *
 * @example
 * const budget = new AlarmBudget(1, intervalMs)
 * const { threshold } = budget
 * const alarms = threshold !== null && score >= threshold
 * budget.learn(score)
 */
export class AlarmBudget {
  readonly #intervalMs: Ms
  readonly #mergeBars: number
  #perBar: number
  /** Oldest first. */
  #scores: number[] = []
  #threshold: number | null | undefined
  #due = 0

  /** 0 never alarms. */
  constructor(alarmsPerWeek: number, intervalMs: Ms, scores: readonly number[] = []) {
    this.#intervalMs = intervalMs
    this.#perBar = (alarmsPerWeek * intervalMs) / weekMs
    this.#mergeBars = Math.max(1, Math.floor(mergeMs / intervalMs))
    this.#scores = scores.slice(-windowBars)
  }

  /** Counts from the next score on. What was learned stays: it does not depend on the budget. */
  set alarmsPerWeek(alarmsPerWeek: number) {
    const perBar = (alarmsPerWeek * this.#intervalMs) / weekMs
    if (perBar === this.#perBar) return
    this.#perBar = perBar
    this.#threshold = undefined
  }

  /** A score at or above it alarms; null while too few are known, or while the budget is 0. */
  get threshold(): number | null {
    if (this.#threshold === undefined) this.#threshold = this.#find()
    return this.#threshold
  }

  learn(score: number): void {
    this.#scores.push(score)
    const leaving = (this.#scores.length > windowBars ? this.#scores.shift() : null) ?? Number.NEGATIVE_INFINITY
    // A score below the level comes and goes without touching it; a past that grows makes more due.
    const standing = this.#threshold ?? null
    const touches = standing === null || score >= standing || leaving >= standing
    if (touches || this.#episodesDue() !== this.#due) this.#threshold = undefined
  }

  /** Alarms at random make no more than n/(m + 1)/e episodes, m bars apart: more only run into one another, till all is one. */
  #episodesDue(): number {
    const { length } = this.#scores
    const most = Math.floor(length / (this.#mergeBars + 1) / Math.E)
    return Math.max(1, Math.min(most, Math.round(length * this.#perBar)))
  }

  /** Takes the largest scores one by one for as long as they make no more episodes than are due. */
  #find(): number | null {
    const due = this.#episodesDue()
    this.#due = due
    if (this.#scores.length < leastScores || this.#perBar === 0) return null
    const taken: number[] = []
    let episodes = 0
    let threshold: number | null = null
    for (const { at, score } of largestFirst(this.#scores, due * this.#mergeBars)) {
      const next = firstAfter(taken, at)
      const [earlier = -Infinity, later = Infinity] = [taken[next - 1], taken[next]]
      const isNear = (a: number, b: number) => Number(b - a <= this.#mergeBars)
      // Between two that are one episode already, it changes nothing.
      episodes += 1 - isNear(earlier, at) - isNear(at, later) + isNear(earlier, later)
      if (episodes > due) break
      taken.splice(next, 0, at)
      threshold = score
    }
    return threshold
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.#scores
  }

  save(): Uint8Array {
    return floatsToBytes(this.#scores)
  }

  load(state: Uint8Array): void {
    this.#scores = floatsFromBytes(state)
    this.#threshold = undefined
  }
}

interface Place {
  readonly at: number
  readonly score: number
}

/** Places of the `most` largest and one more, largest first; of equals the older first. */
function largestFirst(scores: readonly number[], most: number): Place[] {
  // Sorting bare numbers is many times as fast as sorting places by them, and few places are wanted.
  const least = Float64Array.from(scores).sort()[scores.length - most - 1] ?? Number.NEGATIVE_INFINITY
  const places: Place[] = []
  scores.forEach((score, at) => {
    if (score >= least) places.push({ at, score })
  })
  return places.sort((a, b) => b.score - a.score || a.at - b.at).slice(0, most + 1)
}

function firstAfter(sorted: readonly number[], x: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) > x) high = middle
    else low = middle + 1
  }
  return low
}
