import { nth } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { dayMs, hourMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'

// Absences in fewer than two of a hundred expected bars are faults of a feed, not a market without trades.
const leastRate = 0.02
// A run of absent bars that comes less often than once in 10,000 bars, and than once in ten weeks, is no matter of chance.
const leastChance = 1e-4
// What a market is believed to be before it is known: one in which every bar comes, worth so many bars.
const priorBars = 100
const priorHourBars = 20
/** Counts are halved so often, so that the last months decide. */
const halvedEveryMs = 4 * weekMs

/**
 * How often bars are absent at an hour in which the market is open, because nobody traded. Times are UTC, counts are
 * halved every four weeks.
 */
export class Thinness {
  /** Bars that came, and absences that began, by hour of the day. */
  #came = new Float64Array(24)
  #began = new Float64Array(24)
  /** Absent bars beyond the first of each absence. */
  #more = 0
  #period: number | null = null
  readonly #leastChance: number

  constructor(intervalMs: Ms) {
    this.#leastChance = Math.min(leastChance, intervalMs / (10 * weekMs))
  }

  learnBar(openMs: number): void {
    this.#halve(openMs)
    this.#came[hourOf(openMs)]!++
  }

  /** `missing`: expected bars that did not come, the first of them at `openMs`. */
  learnAbsence(openMs: number, missing: number): void {
    // An outage of a day must not make a day without trades believable; one that comes again and again may.
    const counted = Math.min(missing, 2 * this.#longest(openMs) + 1)
    this.#began[hourOf(openMs)]!++
    this.#more += counted - 1
  }

  /** True where so many absent bars are as likely as not to be bars without a trade. */
  explains(openMs: number, missing: number): boolean {
    return missing <= this.#longest(openMs)
  }

  /** The longest run of absent bars that is likely enough from that time on; 0 in a market that trades in every bar. */
  #longest(openMs: number): number {
    const rate = this.#rate(openMs)
    if (rate < leastRate) return 0
    return 1 + Math.floor(Math.log(this.#leastChance / rate) / Math.log(this.#continues))
  }

  #rate(openMs: number): number {
    const hour = hourOf(openMs)
    const [came, began] = [nth(this.#came, hour), nth(this.#began, hour)]
    return (began + priorHourBars * this.#rateOfAll) / (came + began + priorHourBars)
  }

  get #rateOfAll(): number {
    const began = sum(this.#began)
    return began / (sum(this.#came) + began + priorBars)
  }

  /** The chance that a bar is absent where the one before it is. */
  get #continues(): number {
    const rate = this.#rateOfAll
    return (this.#more + 2 * rate) / (sum(this.#began) + this.#more + 2)
  }

  #halve(openMs: number): void {
    const period = Math.floor(openMs / halvedEveryMs)
    for (let last = Math.max(this.#period ?? period, period - 60); last < period; last++) {
      this.#came = this.#came.map(count => count / 2)
      this.#began = this.#began.map(count => count / 2)
      this.#more /= 2
    }
    this.#period = period
  }

  save(): Uint8Array {
    return floatsToBytes([this.#period ?? -1, this.#more, ...this.#came, ...this.#began])
  }

  load(state: Uint8Array): void {
    const [period = -1, more = 0, ...counts] = floatsFromBytes(state)
    this.#period = period < 0 ? null : period
    this.#more = more
    this.#came = Float64Array.from(counts.slice(0, 24))
    this.#began = Float64Array.from(counts.slice(24))
  }
}

const hourOf = (openMs: number) => Math.floor((openMs % dayMs) / hourMs)
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)
