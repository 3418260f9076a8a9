import { first, known } from '../../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../../state/bytes.ts'
import { pack, unpack } from '../../state/pack.ts'
import { SortedWindow } from '../../stats/sorted-window.ts'
import { dayMs } from '../../time.ts'
import { Tail } from './tail.ts'

const levelRows = 60
const [leastRows, mostRows] = [60, 4_000]

/**
 * How far from the median of the last 60 rows, over the median of such distances within a day: a few wild rows move neither.
 * Where the last row foretells the next one better than that median does, as in a smooth series, it counts for less.
 */
export class Departure {
  readonly #level = new SortedWindow(levelRows)
  readonly #tail = new Tail()
  #distances = new SortedWindow(leastRows)
  #changes = new SortedWindow(leastRows)

  /** From here on the medians are taken over a day, from 60 rows up to 4,000. */
  start(intervalMs: number): void {
    const rows = Math.min(mostRows, Math.max(leastRows, Math.round(dayMs / intervalMs)))
    this.#distances = resized(this.#distances, rows)
    this.#changes = resized(this.#changes, rows)
  }

  /** −log₁₀ of its rarity, as far as it counts; 0 while too little is known. */
  score(value: number, floor: number): number {
    const logP = this.#logP(value, floor)
    return logP === null ? 0 : (-logP / Math.LN10) * this.#weight(floor)
  }

  #logP(value: number, floor: number): number | null {
    const ratio = this.#ratio(value, floor)
    return ratio === null ? null : this.#tail.logP(ratio)
  }

  #ratio(value: number, floor: number): number | null {
    const [level, usual] = [this.#level.median, this.#distances.median]
    if (level === null || usual === null || this.#distances.size < leastRows) return null
    return Math.abs(value - level) / Math.max(usual, floor)
  }

  #weight(floor: number): number {
    const [change, distance] = [this.#changes.median ?? 0, this.#distances.median ?? 0]
    return Math.min(1, change / Math.max(distance, floor))
  }

  /** change: from the last row to this one, not negative. */
  learn(value: number, change: number, floor: number): void {
    const ratio = this.#ratio(value, floor)
    if (ratio !== null) this.#tail.learn(ratio)
    const level = this.#level.median
    if (level !== null) {
      this.#distances.push(Math.abs(value - level))
      this.#changes.push(change)
    }
    this.#level.push(value)
  }

  save(): Uint8Array {
    const [level, distances, changes] = [this.#level, this.#distances, this.#changes].map(window => window.save())
    const capacity = floatsToBytes([this.#distances.capacity])
    return pack([capacity, known(level), known(distances), known(changes), this.#tail.save()])
  }

  load(state: Uint8Array): void {
    const [capacity, level, distances, changes, tail] = first(unpack(state), 5)
    const [rows] = first(floatsFromBytes(capacity), 1)
    this.#level.restore(level)
    this.#distances = new SortedWindow(rows)
    this.#distances.restore(distances)
    this.#changes = new SortedWindow(rows)
    this.#changes.restore(changes)
    this.#tail.load(tail)
  }
}

function resized(window: SortedWindow, rows: number): SortedWindow {
  const other = new SortedWindow(rows)
  other.load(window.toArray())
  return other
}
