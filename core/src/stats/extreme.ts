import { nth } from '../nth.ts'
/**
 * The highest or lowest of the last `count` numbers. Keeps only those that may yet be it, in order, each with its age; a
 * number in amortised constant time. After Lemire, Nord. J. Comput. 13(4), 2006.
 */
export class Extreme {
  readonly #count: number
  readonly #beats: (a: number, b: number) => boolean
  #candidates: { readonly at: number; readonly x: number }[] = []
  #seen = 0

  constructor(count: number, which: 'highest' | 'lowest') {
    this.#count = count
    this.#beats = which === 'highest' ? (a, b) => a >= b : (a, b) => a <= b
  }

  /** null before the first number. */
  get value(): number | null {
    return this.#candidates[0]?.x ?? null
  }

  learn(x: number): void {
    let last = this.#candidates.at(-1)
    while (last && this.#beats(x, last.x)) {
      this.#candidates.pop()
      last = this.#candidates.at(-1)
    }
    this.#candidates.push({ at: this.#seen, x })
    this.#seen++
    const oldest = this.#candidates[0]
    if (oldest && oldest.at <= this.#seen - 1 - this.#count) this.#candidates.shift()
  }

  /** Multiplies what it has learned; the factor is above 0. */
  rescale(factor: number): void {
    this.#candidates = this.#candidates.map(({ at, x }) => ({ at, x: factor * x }))
  }

  /** Ages and numbers in turn. */
  save(): number[] {
    return this.#candidates.flatMap(({ at, x }) => [this.#seen - at, x])
  }

  load(state: readonly number[]): void {
    this.#seen = state[0] ?? 0
    this.#candidates = []
    for (let i = 0; i < state.length; i += 2) {
      this.#candidates.push({ at: this.#seen - nth(state, i), x: nth(state, i + 1) })
    }
  }
}
