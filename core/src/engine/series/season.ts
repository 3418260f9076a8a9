import { first, nth } from '../../nth.ts'

/** A row as a season remembers it. */
interface Then {
  readonly ts: number
  readonly value: number
  /** The value at this time of the season, averaged over past seasons with a third for the newest. */
  readonly profile: number
}

// Rows that lie more than a season back are let go in pieces of this many.
const pieceRows = 10_000

/** The value one season ago. */
export class Season {
  readonly #lagMs: number
  #past: Then[] = []
  #at = 0
  /** How far from a season ago a row may lie. */
  toleranceMs = 0

  constructor(lagMs: number) {
    this.#lagMs = lagMs
  }

  /** The row nearest to a season ago, and the profile's change up to it; null where no row is that near. */
  at(ts: number): { then: Then | null; change: number | null } {
    const wanted = ts - this.#lagMs
    // Time only goes forward, so that it is enough to go on from where the last search ended.
    while (this.#at + 1 < this.#past.length && this.#isNearer(this.#at + 1, wanted)) this.#at++
    const then = this.#near(this.#past[this.#at], wanted)
    const before = this.#at > 0 ? this.#past[this.#at - 1] : undefined
    return { then, change: then && before ? then.profile - before.profile : null }
  }

  #isNearer(next: number, wanted: number): boolean {
    return Math.abs(nth(this.#past, next).ts - wanted) <= Math.abs(nth(this.#past, next - 1).ts - wanted)
  }

  #near(then: Then | undefined, wanted: number): Then | null {
    return then && Math.abs(then.ts - wanted) <= this.toleranceMs ? then : null
  }

  learn(ts: number, value: number): void {
    const { then } = this.at(ts)
    this.#past.push({ ts, value, profile: then ? then.profile + (value - then.profile) / 3 : value })
    if (this.#at > pieceRows) {
      this.#past = this.#past.slice(this.#at - 1)
      this.#at = 1
    }
  }

  save(): number[] {
    return [this.toleranceMs, this.#at, ...this.#past.flatMap(({ ts, value, profile }) => [ts, value, profile])]
  }

  load([toleranceMs = 0, at = 0, ...past]: readonly number[]): void {
    this.toleranceMs = toleranceMs
    this.#at = at
    this.#past = Array.from({ length: past.length / 3 }, (_, i) => {
      const [ts, value, profile] = first(past.slice(3 * i, 3 * i + 3), 3)
      return { ts, value, profile }
    })
  }
}
