import { first } from '../nth.ts'
import { ByteReader, ByteWriter } from '../state/bytes.ts'
import { hourMs, minuteMs, secondMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import type { ScoresInTime } from './episode-levels.ts'

/** Peaks of a memory, oldest first: `times` are the seconds of observed time at which their bars closed. */
export interface KnownPeaks extends ScoresInTime {
  /** The values that were learned with the scores; empty without any. */
  readonly besides: Float32Array
}

/** The two stretches of the past that levels are taken over. */
export type Memory = 'short' | 'long'

const spanHours = { short: 1_500, long: 6_000 } as const
// Of bars of half a day and longer, fewer than these give a level that wanders.
const leastBars = { short: 250, long: 1_000 } as const
// Alarms this near to one another are one episode under any budget: the largest score of such a slot stands for all of them.
const leastSlotMs = 15 * minuteMs
// Some of each week are kept, so that a wild week doesn't displace the quiet ones.
const segments = 36
// More than the alarms of a week under a budget of 50.
const keptPerSegment = 64
// A feed that is silent for longer counts as silent for a week: a level must not rise because nothing was observed.
const longestPauseMs = weekMs

/**
 * The largest scores of the last 6,000 hours (at least 1,000 bars), with their times: all that an alarm level follows from,
 * in some 20 kB at any interval. Scores have the six digits that a single-precision number holds.
 */
export class Peaks {
  readonly #intervalMs: Ms
  readonly #slotS: number
  readonly #segmentS: number
  readonly #spansS: Readonly<Record<Memory, number>>
  readonly #scores: Float32Array
  readonly #times: Uint32Array
  readonly #besides: Float32Array
  #size = 0
  /** Observed seconds since the first bar opened. */
  #now = 0
  /** Close of the newest bar; NaN before the first that has a time. */
  #lastTs = Number.NaN
  #learned = 0

  /** `keepsBeside`: another value is learned with each score. */
  constructor(intervalMs: Ms, keepsBeside = false) {
    const spanS = (memory: Memory) => Math.max(spanHours[memory] * hourMs, leastBars[memory] * intervalMs) / secondMs
    this.#intervalMs = intervalMs
    this.#slotS = Math.max(intervalMs, leastSlotMs) / secondMs
    this.#spansS = { short: spanS('short'), long: spanS('long') }
    this.#segmentS = this.#spansS.long / segments
    const slots = Math.ceil(this.#segmentS / this.#slotS) + 1
    const capacity = (segments + 1) * Math.min(keptPerSegment, slots) + slots
    this.#scores = new Float32Array(capacity)
    this.#times = new Uint32Array(capacity)
    this.#besides = new Float32Array(keepsBeside ? capacity : 0)
  }

  /** Scores learned so far. */
  get learned(): number {
    return this.#learned
  }

  /** The second of observed time up to which the peaks are known: where a slot has several bars, the end of the last whole slot. */
  get asOf(): number {
    return this.#hasSlots ? this.#slotOf(this.#now) * this.#slotS : this.#now
  }

  /** Seconds of that memory that were observed. */
  observed(memory: Memory): number {
    return Math.min(this.#spansS[memory], this.asOf)
  }

  /** The second at which a peak of the second `time` leaves the memory. */
  leaves(time: number, memory: Memory): number {
    return time + this.#spansS[memory]
  }

  /** The peaks of the memory that are at least `least`. */
  within(memory: Memory, least: number): KnownPeaks {
    const { asOf } = this
    const from = asOf - this.#spansS[memory]
    let size = 0
    const [scores, times] = [new Float32Array(this.#size), new Uint32Array(this.#size)]
    const besides = new Float32Array(this.#besides.length === 0 ? 0 : this.#size)
    for (let i = 0; i < this.#size; i++) {
      const [score, time] = [this.#scores[i] as number, this.#times[i] as number]
      if (score < least || time <= from || (this.#hasSlots && time >= asOf)) continue
      scores[size] = score
      times[size] = time
      if (besides.length > 0) besides[size] = this.#besides[i] as number
      size++
    }
    return { scores: scores.subarray(0, size), times: times.subarray(0, size), besides: besides.subarray(0, size) }
  }

  /**
   * Learns the score of the bar that closed at `ts`; null for a bar before the first one that has a time. Returns the peak
   * score that is known from now on, -Infinity if none is new.
   */
  learn(score: number, ts: Ms | null, beside = 0): number {
    const before = this.#now
    this.#now += this.#secondsUntil(ts)
    if (ts !== null) this.#lastTs = ts
    this.#learned++
    if (this.#segmentOf(this.#now) !== this.#segmentOf(before)) this.#close(this.#segmentOf(before))
    const newest = this.#size - 1
    const isNewSlot = newest < 0 || this.#slotOf(this.#now) !== this.#slotOf(this.#times[newest] as number)
    if (isNewSlot) {
      const known = this.#hasSlots ? (this.#scores[newest] ?? Number.NEGATIVE_INFINITY) : score
      this.#put(this.#size++, score, beside)
      return known
    }
    if (score > (this.#scores[newest] as number)) this.#put(newest, score, beside)
    return Number.NEGATIVE_INFINITY
  }

  #put(i: number, score: number, beside: number): void {
    this.#scores[i] = score
    this.#times[i] = this.#now
    if (this.#besides.length > 0) this.#besides[i] = beside
  }

  #secondsUntil(ts: Ms | null): number {
    const passed = ts === null || Number.isNaN(this.#lastTs) ? this.#intervalMs : ts - this.#lastTs
    const longest = Math.max(longestPauseMs, this.#intervalMs)
    return Math.round(Math.min(Math.max(passed, 0), longest) / secondMs)
  }

  /** Keeps the largest scores of the segment, and drops what has left the long memory. */
  #close(segment: number): void {
    let start = this.#size
    while (start > 0 && this.#segmentOf(this.#times[start - 1] as number) === segment) start--
    const { least, equals } = largestOf(this.#scores.subarray(start, this.#size))
    const oldest = this.asOf - this.#spansS.long
    let [kept, equalsLeft] = [0, equals]
    for (let i = 0; i < this.#size; i++) {
      const score = this.#scores[i] as number
      const isKept =
        i < start ? (this.#times[i] as number) > oldest : score > least || (score === least && equalsLeft-- > 0)
      if (!isKept) continue
      this.#scores[kept] = score
      this.#times[kept] = this.#times[i] as number
      if (this.#besides.length > 0) this.#besides[kept] = this.#besides[i] as number
      kept++
    }
    this.#size = kept
  }

  get #hasSlots(): boolean {
    return this.#slotS * secondMs > this.#intervalMs
  }

  #slotOf(at: number): number {
    return Math.floor(at / this.#slotS)
  }

  #segmentOf(at: number): number {
    return Math.floor(at / this.#segmentS)
  }

  save(): Uint8Array {
    return new ByteWriter()
      .doubles([this.#now, this.#lastTs, this.#learned])
      .singles(this.#scores.subarray(0, this.#size))
      .longs(this.#times.subarray(0, this.#size))
      .singles(this.#besides.subarray(0, this.#size))
      .bytes()
  }

  load(state: Uint8Array): void {
    const reader = new ByteReader(state)
    ;[this.#now, this.#lastTs, this.#learned] = first(reader.doubles(), 3)
    const scores = reader.singles()
    this.#size = scores.length
    this.#scores.set(scores)
    this.#times.set(reader.longs())
    this.#besides.set(reader.singles())
  }
}

/** The least score of those that a segment keeps, and how many equal to it are kept. */
function largestOf(scores: Float32Array): { readonly least: number; readonly equals: number } {
  const kept = scores.slice().sort().subarray(-keptPerSegment)
  const least = kept[0] ?? Number.NEGATIVE_INFINITY
  return { least, equals: kept.filter(score => score === least).length }
}
