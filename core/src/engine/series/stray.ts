import { Ewma } from '../../stats/ewma.ts'
import { Usual } from './usual.ts'

// The usual level is learned over many rows: a stretch of a day or two must not become it.
const usualRows = 2_000

/** How far the mean of the last rows has strayed from a mean of many, in what is usual of that distance. */
export class Stray {
  readonly #fast: Ewma
  readonly #slow = new Ewma(usualRows)
  readonly #usual = new Usual(usualRows)
  readonly #newest: number

  constructor(halfLifeRows: number) {
    this.#fast = new Ewma(halfLifeRows)
    this.#newest = 1 - 0.5 ** (1 / halfLifeRows)
  }

  score(value: number, floor: number): number | null {
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

  save(): number[] {
    return [...this.#fast.save(), ...this.#slow.save(), ...this.#usual.save()]
  }

  load([fastSum = 0, fastWeight = 0, slowSum = 0, slowWeight = 0, ...usual]: readonly number[]): void {
    this.#fast.load([fastSum, fastWeight])
    this.#slow.load([slowSum, slowWeight])
    this.#usual.load(usual)
  }
}
