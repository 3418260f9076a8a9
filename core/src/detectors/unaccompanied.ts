import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { RunningLine } from '../stats/running-line.ts'
import type { Detector } from '../types.ts'
import type { Sizes } from './sizes.ts'

export interface Question {
  readonly of: keyof Sizes
  readonly without: keyof Sizes
  /** Bars over which the weight of a past bar halves; undefined = only this bar counts. */
  readonly halfLifeBars?: number
}

// Slow: how price and volume go together is a matter of months.
const lineHalfLifeBars = 1_000
const clipAt = 6

/**
 * One size of a bar that another does not bear out, in deviations above the line between them: a move on no volume, a
 * volume that moved nothing. In a crash price and volume leap together; a broken feed moves one of them.
 */
export function unaccompanied(id: string, { of, without, halfLifeBars }: Question): Detector<Sizes> {
  const line = new RunningLine(lineHalfLifeBars)
  const recent = halfLifeBars === undefined ? null : new Recent(halfLifeBars)
  const above = (sizes: Sizes) => line.residual(sizes[without], sizes[of])
  return {
    id,
    score: sizes => (recent ? recent.with(above(sizes)) : above(sizes)),
    learn(sizes) {
      recent?.learn(above(sizes))
      line.learn(sizes[without], sizes[of])
    },
    save: () => floatsToBytes([...line.save(), ...(recent?.save() ?? [])]),
    load(state) {
      const [values, mean] = [floatsFromBytes(state).slice(0, 6), floatsFromBytes(state).slice(6)]
      line.load(values)
      recent?.load(mean)
    },
  }
}

/** A mean of the last residuals that can be asked what it would be with one more. */
class Recent {
  readonly #newest: number
  #mean = 0

  constructor(halfLifeBars: number) {
    this.#newest = 1 - 0.5 ** (1 / halfLifeBars)
  }

  with(residual: number): number {
    const held = Math.max(-clipAt, Math.min(clipAt, residual))
    return this.#mean + this.#newest * (held - this.#mean)
  }

  learn(residual: number): void {
    this.#mean = this.with(residual)
  }

  save(): readonly number[] {
    return [this.#mean]
  }

  load([mean = 0]: readonly number[]): void {
    this.#mean = mean
  }
}
