import { Ewma } from '../../stats/ewma.ts'
import { Usual, winsorAt } from './usual.ts'

const [nowRows, usualRows] = [12, 500]
const newest = 1 - 0.5 ** (1 / nowRows)
// Below a hundredth of the usual all is equally flat.
const leastShare = 0.01

/** The size of changes now over their usual size, either way, as a logarithm: a line that goes wild and one that goes flat. */
export class Noise {
  readonly #now = new Ewma(nowRows)
  readonly #usual = new Usual(usualRows)

  score(change: number, floor: number): number | null {
    const usual = this.#usual.of(floor)
    if (usual === null || this.#now.mean === null) return null
    const now = this.#now.mean + newest * (Math.min(change, winsorAt * usual) - this.#now.mean)
    return Math.abs(Math.log(Math.max(now, usual * leastShare, floor) / usual))
  }

  learn(change: number, floor: number): void {
    const usual = this.#usual.of(floor) ?? Math.max(change, floor)
    this.#now.learn(Math.min(change, winsorAt * usual))
    this.#usual.learn(change, floor)
  }

  save(): number[] {
    return [...this.#now.save(), ...this.#usual.save()]
  }

  load([sum = 0, weight = 0, ...usual]: readonly number[]): void {
    this.#now.load([sum, weight])
    this.#usual.load(usual)
  }
}
