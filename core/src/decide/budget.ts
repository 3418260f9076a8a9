import { secondMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { episodeLevels } from './episode-levels.ts'
import { type Memory, Peaks } from './peaks.ts'

// With fewer scores than this "once a week" has no meaning.
const leastScores = 100
// Where less than one episode is due, so many of the largest tell how fast they grow rarer.
const tailEpisodes = 20
// Known beyond those that are asked for: peaks leave, and a past that grows makes more due.
const spareLevels = 12

/** The settings of an alarm budget. */
export interface BudgetConfig {
  readonly alarmsPerWeek: number
  readonly intervalMs: Ms
  /** Alarms within this time of one another are one episode. */
  readonly mergeMs: Ms
}

/**
 * From a budget of episodes a week to the score that alarms: the geometric mean of the scores that would have kept to it
 * over the last 1,500 and over the last 6,000 hours. Alarms come in clusters, so that one bar in 168 alarming makes fewer
 * than one episode a week; counting episodes spends the budget whole. Only the past decides, and an alarm doesn't raise
 * the level by more than its place in that count.
 *
 * @example
 * const budget = new AlarmBudget({ alarmsPerWeek: 1, intervalMs, mergeMs: mergeWindow(1) })
 * const { threshold } = budget
 * const alarms = threshold !== null && score >= threshold
 * budget.learn(score, ts)
 */
export class AlarmBudget {
  readonly #peaks: Peaks
  #alarmsPerWeek: number
  #mergeMs: Ms
  #known: Readonly<Record<Memory, KnownLevels>>

  /** 0 a week never alarms. */
  constructor({ alarmsPerWeek, intervalMs, mergeMs }: BudgetConfig) {
    this.#peaks = new Peaks(intervalMs)
    this.#alarmsPerWeek = alarmsPerWeek
    this.#mergeMs = mergeMs
    this.#known = this.#forget()
  }

  /** Counts from the next score on. What was learned stays: it does not depend on the budget. */
  change(alarmsPerWeek: number, mergeMs: Ms): void {
    this.#alarmsPerWeek = alarmsPerWeek
    if (mergeMs === this.#mergeMs) return
    this.#mergeMs = mergeMs
    this.#known = this.#forget()
  }

  /** A score at or above it alarms; null while too few are known, or while the budget is 0. */
  get threshold(): number | null {
    return this.thresholdOf(1)
  }

  /** The threshold that this share of the budget would have. */
  thresholdOf(share: number): number | null {
    const perSecond = (share * this.#alarmsPerWeek * secondMs) / weekMs
    if (this.#peaks.learned < leastScores || perSecond === 0) return null
    const [short, long] = [this.#levelOf('short', perSecond), this.#levelOf('long', perSecond)]
    return short === null || long === null ? null : Number(between(short, long, 0.5).toPrecision(6))
  }

  /** `ts`: the close of its bar; null for a bar before the first that has a time. */
  learn(score: number, ts: Ms | null): void {
    const known = this.#peaks.learn(score, ts)
    for (const levels of Object.values(this.#known)) levels.learn(known)
  }

  #levelOf(memory: Memory, perSecond: number): number | null {
    const due = perSecond * this.#peaks.observed(memory)
    return levelOf(this.#known[memory].first(Math.max(tailEpisodes, Math.floor(due) + 1)), due)
  }

  #forget(): Readonly<Record<Memory, KnownLevels>> {
    const of = (memory: Memory) => new KnownLevels(this.#peaks, memory, this.#mergeMs)
    return { short: of('short'), long: of('long') }
  }

  save(): Uint8Array {
    return this.#peaks.save()
  }

  load(state: Uint8Array): void {
    this.#peaks.load(state)
    this.#known = this.#forget()
  }
}

/** The highest levels of a memory, kept for as long as no peak that they follow from comes or goes. */
class KnownLevels {
  readonly #peaks: Peaks
  readonly #memory: Memory
  readonly #mergeS: number
  #levels: readonly number[] | null = null
  /** The levels are those of the peaks from here on: one below changes nothing. */
  #least = Number.NEGATIVE_INFINITY
  #until = Number.POSITIVE_INFINITY

  constructor(peaks: Peaks, memory: Memory, mergeMs: Ms) {
    this.#peaks = peaks
    this.#memory = memory
    this.#mergeS = mergeMs / secondMs
  }

  /** At least so many levels, unless the memory makes no more. */
  first(count: number): readonly number[] {
    if (this.#peaks.asOf >= this.#until) this.#levels = null
    let levels = this.#levels ?? this.#from(this.#least)
    if (levels.length < count && this.#least > Number.NEGATIVE_INFINITY) levels = this.#from(Number.NEGATIVE_INFINITY)
    // Below the spare ones, peaks come and go without a search.
    const spare = levels[count + spareLevels - 1]
    if (spare !== undefined && levels.length >= 2 * (count + spareLevels)) levels = this.#from(spare)
    this.#levels = levels
    return levels
  }

  learn(peak: number): void {
    if (peak >= this.#least && peak > Number.NEGATIVE_INFINITY) this.#levels = null
  }

  #from(least: number): number[] {
    const peaks = this.#peaks.within(this.#memory, least)
    const [oldest] = peaks.times
    this.#least = least
    this.#until = oldest === undefined ? Number.POSITIVE_INFINITY : this.#peaks.leaves(oldest, this.#memory)
    return episodeLevels(peaks, this.#mergeS)
  }
}

/** The level that makes as many episodes as are due, a fraction too; null without any level. */
function levelOf(levels: readonly number[], due: number): number | null {
  if (due < 1) return beyond(levels.slice(0, tailEpisodes), due)
  const whole = Math.floor(due)
  const level = levels[whole - 1] ?? levels.at(-1)
  if (level === undefined) return null
  return between(level, levels[whole] ?? level, due - whole)
}

/**
 * The past cannot show what is rarer than one episode in it. The logarithms of the largest episodes exceed the least of
 * them by an exponential (Hill, Ann. Stat. 3(5), 1975); of `k` of those with the sum s, another one exceeds it by x with the
 * probability (1 + x / s)^−k.
 */
function beyond(levels: readonly number[], due: number): number | null {
  const [largest, least] = [levels[0], levels.at(-1)]
  if (largest === undefined || least === undefined) return null
  if (least <= 0 || levels.length === 1) return largest
  const k = levels.length - 1
  const sum = levels.reduce((total, level) => total + Math.log(level / least), 0)
  return least * Math.exp(sum * ((due / (k + 1)) ** (-1 / k) - 1))
}

/** A level between two by the share of the way: their logarithms are even, for scores grow rarer by their size. */
function between(a: number, b: number, share: number): number {
  return a > 0 && b > 0 ? a ** (1 - share) * b ** share : a + (b - a) * share
}
