import { Ewma } from '../../stats/ewma.ts'

/** Beyond this many times the usual a miss is not learned in full: Winsor's remedy. */
export const winsorAt = 6

/** The usual size of a miss. */
export class Usual {
  readonly #misses: Ewma
  #count = 0

  constructor(halfLifeRows: number) {
    this.#misses = new Ewma(halfLifeRows)
  }

  /** How many it has learned. */
  get count(): number {
    return this.#count
  }

  /** At least `floor`; null before the first miss. */
  of(floor: number): number | null {
    return this.#misses.mean === null ? null : Math.max(this.#misses.mean, floor)
  }

  learn(miss: number, floor: number): void {
    const usual = this.of(floor)
    this.#count++
    this.#misses.learn(usual === null ? miss : Math.min(miss, winsorAt * usual))
  }

  save(): number[] {
    return [this.#count, ...this.#misses.save()]
  }

  load([count = 0, sum = 0, weight = 0]: readonly number[]): void {
    this.#count = count
    this.#misses.load([sum, weight])
  }
}
