import { first, known } from '../nth.ts'
import { ByteReader, ByteWriter } from '../state/bytes.ts'
import type { Rows } from '../stats/rows.ts'
import type { Detector } from '../types.ts'

/**
 * Fits a model to rows: how strange is a vector among them? `fitting` numbers the fits, as a seed of its own for each. The
 * same rows and number give the same scores to the last bit.
 */
export type Fit = (rows: Rows, fitting: number) => (features: ArrayLike<number>) => number

/** On which rows a model is fitted. */
export interface FittingOptions {
  /** How many rows a fit sees. */
  readonly windowRows: number
  /** From one fit to the next. */
  readonly refitRows: number
  /** Rows before the first fit. */
  readonly firstRows: number
}

export const fittingDefaults: FittingOptions = {
  // Twelve weeks of hours, as many as the p-values are made of.
  windowRows: 2_000,
  // Three weeks of hours: the market of last month is known, and most alarms find a model that was fitted before.
  refitRows: 504,
  firstRows: 256,
}

/**
 * The last rows of features. A model is fitted to them only when somebody asks for it, and always to the rows up to a fixed
 * place, the last multiple of `refitRows`: what it says depends on the rows alone, not on when it was asked. Kept in 32 bits.
 */
export class FittingWindow {
  readonly #options: FittingOptions
  #values = new Float32Array(0)
  #width = 0
  #seen = 0

  constructor(options: Partial<FittingOptions> = {}) {
    this.#options = { ...fittingDefaults, ...options }
  }

  /** Numbers the fit whose turn it is, from 1 on; 0 while too few rows are known. */
  get fitting(): number {
    const { firstRows, refitRows } = this.#options
    return this.#seen < firstRows ? 0 : 1 + Math.floor((this.#seen - firstRows) / refitRows)
  }

  push(features: ArrayLike<number>): void {
    if (this.#width === 0) this.#allocate(features.length)
    this.#values.set(features, (this.#seen % this.#capacity) * this.#width)
    this.#seen++
  }

  /** The rows of the fit whose turn it is, oldest first. */
  rows(): Rows {
    const { windowRows, refitRows, firstRows } = this.#options
    const end = firstRows + (this.fitting - 1) * refitRows
    const count = Math.min(end, windowRows)
    const width = this.#width
    const values = new Float64Array(count * width)
    for (let i = 0; i < count; i++) {
      const from = ((end - count + i) % this.#capacity) * width
      values.set(this.#values.subarray(from, from + width), i * width)
    }
    return { values, count, width }
  }

  get #capacity(): number {
    return this.#options.windowRows + Math.max(this.#options.refitRows, this.#options.firstRows)
  }

  #allocate(width: number): void {
    this.#width = width
    this.#values = new Float32Array(this.#capacity * width)
  }

  save(): Uint8Array {
    const to = new ByteWriter()
    to.doubles([this.#width, this.#seen])
    to.singles(this.#values.subarray(0, Math.min(this.#seen, this.#capacity) * this.#width))
    return to.bytes()
  }

  load(state: Uint8Array): void {
    const from = new ByteReader(state)
    const [width, seen] = first(from.doubles(), 2)
    this.#allocate(width)
    this.#values.set(from.singles())
    this.#seen = seen
  }
}

/** A detector whose model is fitted to its last rows, at the first score after the next fit has become due. */
export function fitted(id: string, fit: Fit, options: Partial<FittingOptions> = {}): Detector<readonly number[]> {
  const window = new FittingWindow(options)
  let scoring: { readonly fitting: number; readonly of: ReturnType<Fit> } | null = null
  return {
    id,
    score(features) {
      const { fitting } = window
      if (fitting === 0) return null
      if (scoring?.fitting !== fitting) scoring = { fitting, of: fit(window.rows(), fitting) }
      return known(scoring).of(features)
    },
    learn: features => window.push(features),
    save: () => window.save(),
    load(state) {
      scoring = null
      window.load(state)
    },
  }
}
