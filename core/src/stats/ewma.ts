/**
 * Exponentially weighted mean with a half-life in bars, corrected for its short past: after one value it is that
 * value. Sum and weight decay together, so that it never drifts and `save` is two numbers.
 */
export class Ewma {
  readonly #decay: number
  #sum = 0
  #weight = 0

  constructor(halfLifeBars: number) {
    this.#decay = 0.5 ** (1 / halfLifeBars)
  }

  /** null before the first value. */
  get mean(): number | null {
    return this.#weight > 0 ? this.#sum / this.#weight : null
  }

  learn(x: number): void {
    this.#sum = this.#sum * this.#decay + x * (1 - this.#decay)
    this.#weight = this.#weight * this.#decay + (1 - this.#decay)
  }

  /** Starts it as if `x` had come `bars` times: a prior, which fades as values come. */
  prime(x: number, bars: number): void {
    this.#weight = 1 - this.#decay ** bars
    this.#sum = x * this.#weight
  }

  save(): readonly [sum: number, weight: number] {
    return [this.#sum, this.#weight]
  }

  load([sum, weight]: readonly [sum: number, weight: number]): void {
    this.#sum = sum
    this.#weight = weight
  }
}
