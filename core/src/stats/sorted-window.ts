import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'

/**
 * The last `capacity` numbers, answering how many are at least `x` in O(log capacity). It answers as Ring does, for
 * those who ask often: the same numbers are held twice, in order of arrival and in order of size, and a push moves what
 * lies between the leaving and the coming number. Not for NaN, which has no place in an order.
 */
export class SortedWindow {
  readonly #arrived: Float64Array
  /** Ascending in its first `size` places. −0 and 0 are equal here; only `#arrived` tells them apart. */
  readonly #sorted: Float64Array
  #start = 0
  #size = 0

  constructor(capacity: number) {
    this.#arrived = new Float64Array(capacity)
    this.#sorted = new Float64Array(capacity)
  }

  get capacity(): number {
    return this.#arrived.length
  }

  get size(): number {
    return this.#size
  }

  push(x: number): void {
    if (this.#size < this.#arrived.length) this.#append(x)
    else this.#replaceOldest(x)
  }

  #append(x: number): void {
    const to = this.#firstAtLeast(x)
    this.#sorted.copyWithin(to + 1, to, this.#size)
    this.#sorted[to] = x
    this.#arrived[this.#size++] = x
  }

  #replaceOldest(x: number): void {
    const from = this.#firstAtLeast(this.#arrived[this.#start] as number)
    const to = this.#firstAtLeast(x)
    // Places from `from` on move down by one when the oldest leaves, so the new number's place does too.
    const place = to > from ? to - 1 : to
    if (place > from) this.#sorted.copyWithin(from, from + 1, place + 1)
    else this.#sorted.copyWithin(place + 1, place, from)
    this.#sorted[place] = x
    this.#arrived[this.#start] = x
    this.#start = (this.#start + 1) % this.#arrived.length
  }

  /** How many of them are at least `x`. */
  countAtLeast(x: number): number {
    return this.#size - this.#firstAtLeast(x)
  }

  /** The k-th smallest, k from 1; null beyond what it holds. */
  smallest(k: number): number | null {
    return k > this.#size ? null : (this.#sorted[k - 1] as number)
  }

  /** The upper of two in the middle; null without any. */
  get median(): number | null {
    return this.smallest((this.#size >> 1) + 1)
  }

  /** The largest `count` of them, ascending. */
  largest(count: number): readonly number[] {
    return [...this.#sorted.subarray(Math.max(0, this.#size - count), this.#size)]
  }

  /** Lower bound by bisection: where `x` would stand before all its equals. */
  #firstAtLeast(x: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as number) >= x) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Oldest first. */
  toArray(): number[] {
    return Array.from({ length: this.#size }, (_, i) => this.#arrived[(this.#start + i) % this.#size] as number)
  }

  save(): Uint8Array {
    return floatsToBytes(this.toArray())
  }

  restore(state: Uint8Array): void {
    this.load(floatsFromBytes(state))
  }

  /** Replaces what is there; of too many values the newest stay. Sorts once. */
  load(values: readonly number[]): void {
    const kept = values.slice(Math.max(0, values.length - this.#arrived.length))
    this.#start = 0
    this.#size = kept.length
    this.#arrived.set(kept)
    this.#sorted.set(kept)
    this.#sorted.subarray(0, this.#size).sort()
  }
}
