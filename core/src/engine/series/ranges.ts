import { hourMs } from '../../time.ts'

const [fewRows, manyRows] = [5, 20]
const hoursPerWeek = 168
// A residual's own mean is learned slowly: one strange week must not become the profile.
const profileShare = 0.02
// A range of a few rows is left all the time.
const leastRows = 130

/** A lowest and a highest value so far. */
class Range {
  #lowest = Number.POSITIVE_INFINITY
  #highest = Number.NEGATIVE_INFINITY

  /** How far outside, in widths of the range; 1 at most, so that one absurd row is not worth everything. */
  outside(x: number): number {
    const width = this.#highest - this.#lowest
    return width > 0 ? Math.min(1, Math.max(0, x - this.#highest, this.#lowest - x) / width) : 0
  }

  learn(x: number): void {
    this.#lowest = Math.min(this.#lowest, x)
    this.#highest = Math.max(this.#highest, x)
  }

  save(): readonly number[] {
    return [this.#lowest, this.#highest]
  }

  load([lowest = Number.POSITIVE_INFINITY, highest = Number.NEGATIVE_INFINITY]: readonly number[]): void {
    this.#lowest = lowest
    this.#highest = highest
  }
}

/**
 * How far a row lies outside everything seen before: the value, the lowest and highest of the last 5 and 20 rows, and the
 * difference from the mean of that hour of the week. Each counts from 0 to 1.
 */
export class Ranges {
  readonly #ranges = Array.from({ length: 6 }, () => new Range())
  readonly #profile = new Array<number>(hoursPerWeek).fill(Number.NaN)
  #recent: number[] = []
  #rows = 0

  score(ts: number, value: number): number {
    if (this.#rows < leastRows) return 0
    const outside = this.#sizes(ts, value).map((x, i) => (x === null ? 0 : (this.#ranges[i]?.outside(x) ?? 0)))
    return outside.reduce((sum, x) => sum + x, 0)
  }

  #sizes(ts: number, value: number): readonly (number | null)[] {
    const many = [...this.#recent, value].slice(-manyRows)
    const few = many.slice(-fewRows)
    const usual = this.#profile[hourOf(ts)] ?? Number.NaN
    return [
      value,
      Math.min(...few),
      Math.max(...few),
      Math.min(...many),
      Math.max(...many),
      Number.isNaN(usual) ? null : value - usual,
    ]
  }

  learn(ts: number, value: number): void {
    // The first minima and maxima are of too few rows.
    if (this.#rows >= manyRows) {
      this.#sizes(ts, value).forEach((x, i) => {
        if (x !== null) this.#ranges[i]?.learn(x)
      })
    }
    const hour = hourOf(ts)
    const usual = this.#profile[hour] ?? Number.NaN
    this.#profile[hour] = Number.isNaN(usual) ? value : usual + profileShare * (value - usual)
    this.#recent = [...this.#recent, value].slice(-manyRows)
    this.#rows++
  }

  save(): number[] {
    return [this.#rows, ...this.#ranges.flatMap(range => range.save()), ...this.#profile, ...this.#recent]
  }

  load([rows = 0, ...state]: readonly number[]): void {
    const take = (count: number) => state.splice(0, count)
    this.#rows = rows
    for (const range of this.#ranges) range.load(take(2))
    this.#profile.splice(0, hoursPerWeek, ...take(hoursPerWeek))
    this.#recent = state
  }
}

const hourOf = (ts: number) => ((Math.floor(ts / hourMs) % hoursPerWeek) + hoursPerWeek) % hoursPerWeek
