import { AlarmBudget } from '../decide/budget.ts'
import { Conformal } from '../decide/conformal.ts'
import { isoDate } from '../interval.ts'
import { Ewma } from '../stats/ewma.ts'
import type { Lane, Ms, Status } from '../types.ts'

/** One measurement. */
export interface Sample {
  readonly ts: Ms
  /** Finite; zero and negative too. */
  readonly value: number
}

/** What is said of one measurement. */
export interface ValueVerdict {
  /** ISO 8601 UTC. */
  readonly date: string
  readonly value: number
  /** −log₁₀ of how rare its components are together: 3 is about one row in a thousand. null while warming up. */
  readonly score: number | null
  /** The share of past rows at least as strange. */
  readonly pValue: number | null
  readonly isAnomaly: boolean
  readonly status: Status
  readonly lane: Lane | null
}

/** Episodes a week, or a row; alarms within six hours are one episode. */
export type ValueBudget = { readonly alarmsPerWeek: number } | { readonly alarmsPerRow: number }

export interface ValueSeries {
  /** `ts` counts as the newest so far when it lies before it. */
  step(sample: Sample): ValueVerdict
}

/** Rows before the first opinion: 20 for the scales, 30 for the tails, 100 for the p-value and the budget. */
export const warmUpRows = 150
const scaleRows = 20
const tailRows = 30
const weekMs = 7 * 86_400_000
const dayMs = 86_400_000

/**
 * Any series of numbers, strictly online: scores a row by the rows before it, then learns it. Five questions, each by
 * its own rarity among the past: is it far from what the last rows, and from what the same time of other days, made
 * expected; has the level shifted, at once or over many rows; has the noise grown or died. Rarities are joined by their harmonic mean, which
 * stands that they lean on each other (Wilson, PNAS 116(4), 2019).
 */
export function makeValueSeries(budget: ValueBudget): ValueSeries {
  const components = new Components()
  const calibrator = new Conformal()
  const spacings: number[] = []
  const early: number[] = []
  let alarms: AlarmBudget | null = null
  let last: number | null = null
  let rows = 0

  function judge(score: number | null): Omit<ValueVerdict, 'date' | 'value'> {
    const pValue = score === null ? null : calibrator.pValue(score)
    if (score === null || pValue === null || alarms === null) {
      return { score: null, pValue: null, isAnomaly: false, status: 'warming-up', lane: null }
    }
    const { threshold } = alarms
    const isAnomaly = threshold !== null && score >= Math.max(threshold, leastScore(budget, intervalOf(spacings)))
    const lane = isAnomaly ? 'market' : null
    return { ...rounded(score, pValue), isAnomaly, status: isAnomaly ? 'anomaly' : 'normal', lane }
  }

  function learn(score: number | null): void {
    if (score !== null) {
      calibrator.learn(score)
      if (alarms) alarms.learn(score)
      else early.push(score)
    }
    // What a week is in rows is settled once, by the rows seen until then.
    if (++rows === warmUpRows) alarms = makeBudget(budget, intervalOf(spacings), early)
  }

  return {
    step({ ts, value }) {
      const now = Math.max(ts, last ?? ts)
      if (last !== null && rows < warmUpRows) spacings.push(now - last)
      last = now
      const { score, learn: learnValue } = components.look(now, value, spacings)
      const verdict = judge(score)
      learn(score)
      learnValue()
      return { date: isoDate(ts), value, ...verdict }
    },
  }
}

const rounded = (score: number, pValue: number) => ({
  score: Number(score.toPrecision(6)),
  pValue: Number(pValue.toPrecision(4)),
})

function makeBudget(budget: ValueBudget, intervalMs: Ms, scores: readonly number[]): AlarmBudget {
  return new AlarmBudget((alarmsPerRow(budget, intervalMs) * weekMs) / intervalMs, intervalMs, scores)
}

function alarmsPerRow(budget: ValueBudget, intervalMs: Ms): number {
  return 'alarmsPerRow' in budget ? budget.alarmsPerRow : (budget.alarmsPerWeek * intervalMs) / weekMs
}

/** A series that never moves spends no budget: an alarm is itself at most ten times as common as the budget is. */
function leastScore(budget: ValueBudget, intervalMs: Ms): number {
  return -Math.log10(Math.min(0.1, 10 * alarmsPerRow(budget, intervalMs)))
}

/** The median spacing, at least 1 ms. */
function intervalOf(spacings: readonly number[]): Ms {
  const sorted = [...spacings].sort((a, b) => a - b)
  return Math.max(1, sorted[sorted.length >> 1] ?? 1) as Ms
}

/** A value never counts as closer than a millionth of the usual size, or a flat feed would make every tick infinite. */
const floorOver = 1e-6
const leastFloor = 1e-12
// Scales are slow: what is usual is a matter of many rows. Level and noise of now are a matter of twelve.
const [slowRows, levelRows, fastRows] = [500, 150, 12]
// A value that crept away is far from a mean of many more.
const [strayRows, strayFastRows] = [2_000, 3]
const winsorAt = 6

/** The five questions; a shift of level is asked of the value and of its distance from other days. */
class Components {
  readonly #size = new Ewma(slowRows)
  readonly #recent = new Recent()
  readonly #seasons = new Seasons()
  readonly #shift = new Shift(fastRows, levelRows, slowRows)
  readonly #seasonalShift = new Shift(fastRows, levelRows, slowRows)
  readonly #stray = new Shift(strayFastRows, strayRows, strayRows)
  readonly #noise = new Noise()
  readonly #tails = Array.from({ length: 6 }, () => new Tail())
  #rows = 0

  /** The score is null while no tail is known; nothing changes until `learn` is called. */
  look(ts: number, value: number, spacings: readonly number[]): { score: number | null; learn(): void } {
    const floor = Math.max(leastFloor, floorOver * (this.#size.mean ?? Math.abs(value)))
    if (this.#rows === scaleRows) this.#seasons.sampleEvery(intervalOf(spacings))
    const recent = this.#recent.look(value, floor)
    const seasonal = this.#seasons.look(ts, value, this.#recent.last, floor)
    const shift = this.#shift.look(value, floor)
    const seasonalShift = seasonal && this.#seasonalShift.look(seasonal.error, floor)
    const noise = this.#noise.look(this.#recent.last === null ? 0 : Math.abs(value - this.#recent.last), floor)
    const stray = this.#stray.look(value, floor)
    const found = [recent, seasonal?.surprise ?? null, shift, seasonalShift, stray, noise]
    const logPs = found.flatMap((x, i) => (x === null ? [] : (this.#tails[i]?.logP(x) ?? [])))
    return {
      score: logPs.length === 0 ? null : tempered(harmonic(logPs), this.#rows),
      learn: () => {
        if (this.#rows >= scaleRows) found.forEach((x, i) => void (x !== null && this.#tails[i]?.learn(x)))
        this.#noise.learn()
        if (seasonal) this.#seasonalShift.learn(seasonal.error, floor)
        this.#shift.learn(value, floor)
        this.#stray.learn(value, floor)
        this.#seasons.learn(ts, value, this.#recent.last, floor)
        this.#recent.learn(value, floor)
        this.#size.learn(Math.abs(value))
        this.#rows++
      },
    }
  }
}

/** −log₁₀ of the harmonic mean of p-values, given their natural logarithms; 0 at least. */
function harmonic(logPs: readonly number[]): number {
  const least = Math.min(...logPs)
  const sum = logPs.reduce((total, logP) => total + Math.exp(least - logP), 0)
  return Math.max(0, (Math.log(sum / logPs.length) - least) / Math.LN10)
}

/**
 * A tail says more than its rows can know: beyond one in as many as there were, the score grows by its logarithm alone.
 * Otherwise the first morning of a daily pattern, the strangest thing by far in the 100 rows known then, would set the
 * level that the budget asks of everything in the next 3,000.
 */
function tempered(score: number, rows: number): number {
  const known = Math.log10(1 + Math.min(rows, tailWindowRows))
  return score <= known ? score : known + Math.log10(1 + score - known)
}

/** A forecaster's usual miss, winsorised when learned. */
class Usual {
  readonly #misses: Ewma
  /** How many it has learned. */
  count = 0

  constructor(halfLifeRows: number) {
    this.#misses = new Ewma(halfLifeRows)
  }

  /** null before the first miss. */
  of(floor: number): number | null {
    return this.#misses.mean === null ? null : Math.max(this.#misses.mean, floor)
  }

  learn(miss: number, floor: number): void {
    const usual = this.of(floor)
    this.count++
    this.#misses.learn(usual === null ? miss : Math.min(miss, winsorAt * usual))
  }
}

/** Several forecasts of the same value, of which the one that has missed least speaks; a newcomer is first listened to. */
class Contest {
  readonly #usual: readonly Usual[]
  readonly #leastMisses: number

  constructor(forecasters: number, leastMisses: number) {
    this.#leastMisses = leastMisses
    this.#usual = Array.from({ length: forecasters }, () => new Usual(slowRows))
  }

  best(forecasts: readonly (number | null)[], floor: number): { expected: number; usual: number } | null {
    let found: { expected: number; usual: number } | null = null
    forecasts.forEach((expected, i) => {
      const usual = this.#usual[i]!.count < this.#leastMisses ? null : this.#usual[i]!.of(floor)
      if (expected !== null && usual !== null && (found === null || usual < found.usual)) found = { expected, usual }
    })
    return found
  }

  learn(forecasts: readonly (number | null)[], value: number, floor: number): void {
    forecasts.forEach((expected, i) => {
      if (expected !== null) this.#usual[i]!.learn(Math.abs(value - expected), floor)
    })
  }
}

/** By the last rows: the last value, a short level, and the line through the last two. */
class Recent {
  readonly #contest = new Contest(3, 10)
  readonly #level = new Ewma(fastRows / 2)
  #before: number | null = null
  last: number | null = null

  look(value: number, floor: number): number | null {
    const best = this.#contest.best(this.#forecasts(), floor)
    return best && Math.abs(value - best.expected) / best.usual
  }

  #forecasts(): (number | null)[] {
    const line = this.last === null || this.#before === null ? null : 2 * this.last - this.#before
    return [this.last, this.#level.mean, line]
  }

  learn(value: number, floor: number): void {
    this.#contest.learn(this.#forecasts(), value, floor)
    this.#level.learn(value)
    this.#before = this.last
    this.last = value
  }
}

/** By the same time a day and a week ago, where the rows are at least four a day. */
class Seasons {
  readonly #day = new Season(dayMs)
  readonly #week = new Season(weekMs)
  readonly #contest = new Contest(6, 50)
  #isOn = false

  sampleEvery(intervalMs: Ms): void {
    this.#isOn = intervalMs <= dayMs / 4
    for (const season of [this.#day, this.#week]) season.toleranceMs = intervalMs / 2
  }

  look(ts: number, value: number, last: number | null, floor: number): { surprise: number; error: number } | null {
    const best = this.#isOn ? this.#contest.best(this.#forecasts(ts, last), floor) : null
    if (best === null) return null
    return { surprise: Math.abs(value - best.expected) / best.usual, error: value - best.expected }
  }

  #forecasts(ts: number, last: number | null): (number | null)[] {
    return [this.#day, this.#week].flatMap(season => {
      const { then, change } = season.at(ts)
      return [then?.value ?? null, then?.profile ?? null, last === null || change === null ? null : last + change]
    })
  }

  learn(ts: number, value: number, last: number | null, floor: number): void {
    const forecasts = this.#isOn ? this.#forecasts(ts, last) : []
    const best = this.#contest.best(forecasts, floor)
    this.#contest.learn(forecasts, value, floor)
    // What was strange once must not be expected again a day later, nor its absence be strange.
    const reach = best ? winsorAt * best.usual : Number.POSITIVE_INFINITY
    const kept = best ? Math.max(best.expected - reach, Math.min(best.expected + reach, value)) : value
    for (const season of [this.#day, this.#week]) season.learn(ts, kept)
  }
}

interface Then {
  readonly ts: number
  readonly value: number
  /** The value at this time of the season, averaged over past seasons with a third for the newest. */
  readonly profile: number
}

/** What came one season ago. */
class Season {
  readonly #lagMs: number
  #past: Then[] = []
  #at = 0
  toleranceMs = 0

  constructor(lagMs: number) {
    this.#lagMs = lagMs
  }

  /** The row nearest to a season ago, and the profile's change up to it; null where no row is that near. */
  at(ts: number): { then: Then | null; change: number | null } {
    const wanted = ts - this.#lagMs
    while (this.#at + 1 < this.#past.length && this.#isNearer(this.#at + 1, wanted)) this.#at++
    const then = this.#near(this.#past[this.#at], wanted)
    const before = this.#at > 0 ? this.#past[this.#at - 1] : undefined
    return { then, change: then && before ? then.profile - before.profile : null }
  }

  #isNearer(next: number, wanted: number): boolean {
    return Math.abs(this.#past[next]!.ts - wanted) <= Math.abs(this.#past[next - 1]!.ts - wanted)
  }

  #near(then: Then | undefined, wanted: number): Then | null {
    return then && Math.abs(then.ts - wanted) <= this.toleranceMs ? then : null
  }

  learn(ts: number, value: number): void {
    const { then } = this.at(ts)
    this.#past.push({ ts, value, profile: then ? then.profile + (value - then.profile) / 3 : value })
    // Let go of what lies more than a season back, in large pieces.
    if (this.#at > 10_000) {
      this.#past = this.#past.slice(this.#at - 1)
      this.#at = 1
    }
  }
}

/** How far a short mean left a long one, over what is usual of that distance. */
class Shift {
  readonly #fast: Ewma
  readonly #slow: Ewma
  readonly #usual: Usual
  readonly #newest: number

  constructor(fast: number, slow: number, usual: number) {
    this.#fast = new Ewma(fast)
    this.#slow = new Ewma(slow)
    this.#usual = new Usual(usual)
    this.#newest = 1 - 0.5 ** (1 / fast)
  }

  look(value: number, floor: number): number | null {
    const usual = this.#usual.of(floor)
    return usual === null ? null : this.#distance(value) / usual
  }

  #distance(value: number): number {
    if (this.#fast.mean === null || this.#slow.mean === null) return 0
    return Math.abs(this.#fast.mean + this.#newest * (value - this.#fast.mean) - this.#slow.mean)
  }

  learn(value: number, floor: number): void {
    this.#usual.learn(this.#distance(value), floor)
    this.#fast.learn(value)
    this.#slow.learn(value)
  }
}

/** The size of changes now over their usual size, either way, as a logarithm: a line that goes flat and one that goes wild. */
class Noise {
  readonly #fast = new Ewma(fastRows)
  readonly #usual = new Usual(slowRows)
  #pending = { change: 0, floor: leastFloor }

  look(change: number, floor: number): number | null {
    this.#pending = { change, floor }
    const usual = this.#usual.of(floor)
    if (usual === null || this.#fast.mean === null) return null
    const weight = 1 - 0.5 ** (1 / fastRows)
    const now = this.#fast.mean + weight * (Math.min(change, winsorAt * usual) - this.#fast.mean)
    return Math.abs(Math.log(Math.max(now, usual / 100, floor) / usual))
  }

  learn(): void {
    const { change, floor } = this.#pending
    const usual = this.#usual.of(floor) ?? change
    this.#fast.learn(Math.min(change, winsorAt * Math.max(usual, floor)))
    this.#usual.learn(change, floor)
  }
}

const tailWindowRows = 2_000
// A tail steeper than this would be the doing of a flat feed.
const leastSlope = 0.05
// The mean of a constant differs from it in the last bits: millionths are nothing.
const logOf = (score: number) => Math.log1p(Math.round(score * 1e6) / 1e6)

/**
 * How rare a score is among the last 2,000, and beyond them: the upper 2 % (ten at least) are a Pareto tail in 1 + score,
 * whose slope is read off its median and its 80 % point rather than its mean, so that a few anomalies don't widen it.
 * After Hill, Ann. Stat. 3(5), 1975.
 */
class Tail {
  readonly #arrived: number[] = []
  readonly #sorted: number[] = []
  #oldest = 0

  /** Natural logarithm of the p-value; null while fewer than 30 scores are known. */
  logP(score: number): number | null {
    const count = this.#sorted.length
    if (count < tailRows) return null
    const tail = Math.max(10, Math.ceil(0.02 * count))
    const log = logOf(score)
    const start = this.#sorted[count - tail - 1]!
    if (log <= start) return Math.log((1 + count - this.#firstAtLeast(log)) / (1 + count))
    const excess = (share: number) => this.#sorted[count - Math.ceil((1 - share) * tail)]! - start
    const slope = Math.max(leastSlope, excess(0.5) / Math.LN2, excess(0.8) / Math.log(5))
    return Math.log((1 + tail) / (1 + count)) - (log - start) / slope
  }

  learn(score: number): void {
    const log = logOf(score)
    if (this.#arrived.length < tailWindowRows) {
      this.#arrived.push(log)
    } else {
      this.#sorted.splice(this.#firstAtLeast(this.#arrived[this.#oldest]!), 1)
      this.#arrived[this.#oldest] = log
      this.#oldest = (this.#oldest + 1) % tailWindowRows
    }
    this.#sorted.splice(this.#firstAtLeast(log), 0, log)
  }

  #firstAtLeast(x: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sorted[middle]! >= x) high = middle
      else low = middle + 1
    }
    return low
  }
}
