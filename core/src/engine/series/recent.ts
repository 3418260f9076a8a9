import { Ewma } from '../../stats/ewma.ts'
import { Contest } from './contest.ts'

const levelRows = 6

/** How far from what the last rows made expected: the last value, a short level, or the line through the last two. */
export class Recent {
  readonly #contest = new Contest(3, 10)
  readonly #level = new Ewma(levelRows)
  #before: number | null = null
  #last: number | null = null

  get last(): number | null {
    return this.#last
  }

  /** In usual misses of the best forecast. */
  score(value: number, floor: number): number | null {
    const best = this.#contest.best(this.#forecasts(), floor)
    return best && Math.abs(value - best.expected) / best.usual
  }

  #forecasts(): (number | null)[] {
    const line = this.#last === null || this.#before === null ? null : 2 * this.#last - this.#before
    return [this.#last, this.#level.mean, line]
  }

  learn(value: number, floor: number): void {
    this.#contest.learn(this.#forecasts(), value, floor)
    this.#level.learn(value)
    this.#before = this.#last
    this.#last = value
  }

  save(): number[] {
    return [this.#before ?? Number.NaN, this.#last ?? Number.NaN, ...this.#level.save(), ...this.#contest.save()]
  }

  load([before = Number.NaN, last = Number.NaN, sum = 0, weight = 0, ...contest]: readonly number[]): void {
    this.#before = Number.isNaN(before) ? null : before
    this.#last = Number.isNaN(last) ? null : last
    this.#level.load([sum, weight])
    this.#contest.load(contest)
  }
}
