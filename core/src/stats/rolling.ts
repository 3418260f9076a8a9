import { Ring } from './ring.ts'

export interface RollingOptions {
  /** How many of the newest numbers it looks at. */
  readonly window: number
  /** The least deviation that is reported, in the numbers' own unit. Above 0 where it divides or winsorises. */
  readonly floor: number
  /** Once the window is full, a number is learned as at most this many deviations from the mean; left out, as it stands. */
  readonly winsorAt?: number
}

/**
 * Mean and sample standard deviation (n − 1) of the newest numbers: O(window) a push, O(1) a look.
 * Over the whole window each time: a running sum of squares goes slightly negative after a flat feed, its root is
 * NaN, and the jump that ends the flat goes unseen. Winsorised at 6, a window of 60 whose numbers have become larger
 * for good follows them: each one that is cut still multiplies the variance by about 1.6.
 */
export class Rolling {
  readonly #values: Ring
  readonly #options: RollingOptions
  #mean: number | null = null
  #deviation: number | null = null

  constructor(options: RollingOptions) {
    this.#options = options
    this.#values = new Ring(options.window)
  }

  get full(): boolean {
    return this.#values.size === this.#options.window
  }

  /** null before the first number. */
  get mean(): number | null {
    return this.#mean
  }

  /** At least the floor; null before the second number. */
  get deviation(): number | null {
    return this.#deviation
  }

  push(x: number): void {
    this.#values.push(this.#winsorised(x))
    this.#measure()
  }

  #winsorised(x: number): number {
    const { winsorAt } = this.#options
    if (winsorAt === undefined || !this.full || this.#mean === null || this.#deviation === null) return x
    const reach = winsorAt * this.#deviation
    return Math.max(this.#mean - reach, Math.min(this.#mean + reach, x))
  }

  #measure(): void {
    const { size } = this.#values
    const { mean, squares } = this.#values.moments()
    this.#mean = size > 0 ? mean : null
    this.#deviation = size > 1 ? Math.max(this.#options.floor, Math.sqrt(squares / (size - 1))) : null
  }

  /** The numbers it learned, oldest first. */
  toArray(): number[] {
    return this.#values.toArray()
  }

  /** Replaces what is there with what `toArray` gave, which is not cut again. */
  load(values: readonly number[]): void {
    this.#values.load(values)
    this.#measure()
  }
}
