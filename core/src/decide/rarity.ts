import { first, nth } from '../nth.ts'
import { ByteReader, ByteWriter } from '../state/bytes.ts'
import { hourMs, weekMs } from '../time.ts'
import type { Calibrator, Ms } from '../types.ts'
import { Conformal } from './conformal.ts'

/** A calibrator whose memory can be saved. */
export interface Rarity extends Calibrator {
  save(): Uint8Array
  load(state: Uint8Array): void
}

/** p-values over the last 2,000 scores; of bars of less than an hour over the last twelve weeks, so that "once in twelve weeks" can be said of any of them. */
export function makeRarity(intervalMs: Ms): Rarity {
  return intervalMs >= hourMs ? new Conformal() : new LongRarity(intervalMs)
}

const leastScores = 100
// Twelve whole weeks in parts of three, and the part that goes on.
const partWeeks = 3
const parts = 5
// Scores are counted by asinh(score / unit), which is even near 0 and logarithmic beyond: 5 % of a large score wide.
const [unit, width, lowest, bins] = [0.1, 0.05, -3, 280] as const

/**
 * Conformal p-values, as in `Conformal`, over counts of scores by their size: twelve weeks of minutes in 6 kB. Scores in the
 * same bin are taken as evenly spread. It learns every score as it stands, alarms too.
 */
export class LongRarity implements Rarity {
  readonly #partScores: number
  /** [parts, bins], the newest part at `#part`. */
  readonly #counts = new Uint32Array(parts * bins)
  #part = 0
  /** Scores in the newest part. */
  #newest = 0
  #size = 0

  constructor(intervalMs: Ms) {
    this.#partScores = Math.round((partWeeks * weekMs) / intervalMs)
  }

  pValue(score: number): number | null {
    if (this.#size < leastScores) return null
    const place = placeOf(score)
    const bin = Math.floor(place)
    let atLeast = this.#countOf(bin) * (1 - (place - bin))
    for (let above = bin + 1; above < bins; above++) atLeast += this.#countOf(above)
    return (1 + atLeast) / (1 + this.#size)
  }

  learn(score: number): void {
    if (this.#newest === this.#partScores) this.#turn()
    const bin = this.#part * bins + Math.floor(placeOf(score))
    this.#counts[bin] = nth(this.#counts, bin) + 1
    this.#newest++
    this.#size++
  }

  /** Begins a new part in the place of the oldest one. */
  #turn(): void {
    this.#part = (this.#part + 1) % parts
    const oldest = this.#counts.subarray(this.#part * bins, (this.#part + 1) * bins)
    this.#size -= oldest.reduce((sum, count) => sum + count, 0)
    oldest.fill(0)
    this.#newest = 0
  }

  #countOf(bin: number): number {
    let count = 0
    for (let part = 0; part < parts; part++) count += nth(this.#counts, part * bins + bin)
    return count
  }

  save(): Uint8Array {
    return new ByteWriter().doubles([this.#part, this.#newest, this.#size]).longs(this.#counts).bytes()
  }

  load(state: Uint8Array): void {
    const reader = new ByteReader(state)
    ;[this.#part, this.#newest, this.#size] = first(reader.doubles(), 3)
    this.#counts.set(reader.longs())
  }
}

/** The bin of a score and, as its fraction, how far up in the bin. What is beyond the last bins counts as at their ends. */
function placeOf(score: number): number {
  const place = (Math.asinh(score / unit) - lowest) / width
  return Math.min(Math.max(place, 0), bins - Number.EPSILON * bins)
}
