import { Usual } from './usual.ts'

const scaleRows = 500

export interface Best {
  readonly expected: number
  /** Its usual miss. */
  readonly usual: number
}

/** Several forecasts of the same value: the one that has missed least is used, and a new one only after `leastMisses` of them. */
export class Contest {
  readonly #usual: readonly Usual[]
  readonly #leastMisses: number

  constructor(forecasters: number, leastMisses: number) {
    this.#leastMisses = leastMisses
    this.#usual = Array.from({ length: forecasters }, () => new Usual(scaleRows))
  }

  best(forecasts: readonly (number | null)[], floor: number): Best | null {
    let found: Best | null = null
    this.#usual.forEach((one, i) => {
      const expected = forecasts[i] ?? null
      const usual = one.count < this.#leastMisses ? null : one.of(floor)
      if (expected !== null && usual !== null && (found === null || usual < found.usual)) found = { expected, usual }
    })
    return found
  }

  learn(forecasts: readonly (number | null)[], value: number, floor: number): void {
    this.#usual.forEach((one, i) => {
      const expected = forecasts[i] ?? null
      if (expected !== null) one.learn(Math.abs(value - expected), floor)
    })
  }

  save(): number[] {
    return this.#usual.flatMap(one => one.save())
  }

  load(state: readonly number[]): void {
    this.#usual.forEach((one, i) => void one.load(state.slice(3 * i, 3 * i + 3)))
  }
}
