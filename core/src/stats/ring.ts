import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'

/** The last `capacity` numbers, oldest first. */
export class Ring {
  readonly #values: Float64Array
  #start = 0
  #size = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  push(x: number): void {
    const capacity = this.#values.length
    this.#values[(this.#start + this.#size) % capacity] = x
    if (this.#size < capacity) this.#size++
    else this.#start = (this.#start + 1) % capacity
  }

  /** How many of them are at least `x`. */
  countAtLeast(x: number): number {
    let count = 0
    for (let i = 0; i < this.#size; i++) if ((this.#values[i] as number) >= x) count++
    return count
  }

  /** null while empty. Summed anew each time so that it never drifts, oldest first so that a loaded ring sums to the same last bit. */
  get mean(): number | null {
    return this.#size === 0 ? null : this.moments().mean
  }

  /**
   * Mean and Σ (x − mean)² of at least one number, summed anew as distances from the oldest: in one pass, and without the
   * cancellation of squares of the numbers themselves.
   */
  moments(): { readonly mean: number; readonly squares: number } {
    const [values, start, size] = [this.#values, this.#start, this.#size]
    const oldest = values[start] as number
    let sum = 0
    let squares = 0
    for (let i = start; i < size; i++) {
      const distance = (values[i] as number) - oldest
      sum += distance
      squares += distance * distance
    }
    for (let i = 0; i < start; i++) {
      const distance = (values[i] as number) - oldest
      sum += distance
      squares += distance * distance
    }
    return { mean: oldest + sum / size, squares: Math.max(0, squares - (sum * sum) / size) }
  }

  toArray(): number[] {
    return Array.from({ length: this.#size }, (_, i) => this.#values[(this.#start + i) % this.#values.length] as number)
  }

  save(): Uint8Array {
    return floatsToBytes(this.toArray())
  }

  restore(state: Uint8Array): void {
    this.load(floatsFromBytes(state))
  }

  /** Replaces what is there; of too many values the newest stay. */
  load(values: readonly number[]): void {
    this.#start = 0
    this.#size = 0
    for (const x of values) this.push(x)
  }
}
