import { first } from '../nth.ts'
import type { ByteReader, ByteWriter } from '../state/bytes.ts'
import { median } from './median.ts'
import type { Rows } from './rows.ts'

export interface TrainingWindowOptions {
  /** How many bars a training sees. */
  readonly windowBars: number
  /** From one training to the next, once the window is full; until then each doubling of it is trained on. */
  readonly retrainBars: number
  /** Bars before the first training. */
  readonly firstBars: number
  /** Features are winsorised at this many robust deviations from their median before they are learned. */
  readonly winsorAt: number
}

/** The lowest and the highest of each feature that is learned as it stands. */
export interface Limits {
  readonly low: Float64Array
  readonly high: Float64Array
}

// A median absolute deviation times this is the standard deviation of a normal variable.
const deviationsPerMad = 1.4826
// The median of 400 rows is known to a twentieth of a deviation, and six is a round number anyway.
const rowsForLimits = 400

/**
 * The last bars' features, held within bounds, and the times at which to train on them. Winsorised because one bad tick
 * learned as it stands stretches every scale fitted on it and halves the precision of what follows. Kept in 32 bits,
 * as features are computed.
 */
export class TrainingWindow {
  readonly #options: TrainingWindowOptions
  #values = new Float32Array(0)
  #width = 0
  #seen = 0
  #barsSinceTraining = 0
  #nextTrainingAfterBars: number
  #limits: Limits | null
  #trainings = 0

  /** With `limits` from elsewhere it also waits a full `retrainBars` before its first training: there is a model already. */
  constructor(options: TrainingWindowOptions, limits: Limits | null = null) {
    this.#options = options
    this.#limits = limits
    this.#nextTrainingAfterBars = limits ? options.retrainBars : Math.min(options.firstBars, options.windowBars)
  }

  /** How many trainings there were: a seed of its own for each. */
  get trainings(): number {
    return this.#trainings
  }

  get isFull(): boolean {
    return this.#seen >= this.#options.windowBars
  }

  /** Answers whether it is time to `train`. */
  learn(features: readonly number[]): boolean {
    if (this.#width === 0) this.#allocate(features.length)
    const at = (this.#seen % this.#options.windowBars) * this.#width
    for (let j = 0; j < this.#width; j++) this.#values[at + j] = clip(features[j]!, this.#limits, j)
    this.#seen++
    return ++this.#barsSinceTraining >= this.#nextTrainingAfterBars
  }

  /** The rows to train on, oldest first; from now on the limits are theirs. */
  train(): Rows {
    this.#limits = limitsOf(this.#rows(), this.#options.winsorAt)
    for (let i = 0; i < this.#values.length; i++)
      this.#values[i] = clip(this.#values[i]!, this.#limits, i % this.#width)
    const rows = this.#rows()
    this.#barsSinceTraining = 0
    const { retrainBars } = this.#options
    this.#nextTrainingAfterBars = this.isFull ? retrainBars : Math.min(retrainBars, rows.count)
    this.#trainings++
    return rows
  }

  #allocate(width: number): void {
    this.#width = width
    this.#values = new Float32Array(this.#options.windowBars * width)
  }

  #rows(): Rows {
    const count = Math.min(this.#seen, this.#options.windowBars)
    const start = this.isFull ? (this.#seen % this.#options.windowBars) * this.#width : 0
    const values = new Float64Array(count * this.#width)
    values.set(this.#values.subarray(start, count * this.#width))
    values.set(this.#values.subarray(0, start), count * this.#width - start)
    return { values, count, width: this.#width }
  }

  save(to: ByteWriter): void {
    const counters = [this.#width, this.#seen, this.#barsSinceTraining, this.#nextTrainingAfterBars, this.#trainings]
    const used = Math.min(this.#seen, this.#options.windowBars) * this.#width
    to.doubles(counters)
    to.doubles(this.#limits?.low ?? [])
    to.doubles(this.#limits?.high ?? [])
    to.singles(this.#values.subarray(0, used))
  }

  load(from: ByteReader): void {
    const [width, seen, since, next, trainings] = first(from.doubles(), 5)
    const limits = { low: from.doubles(), high: from.doubles() }
    this.#allocate(width)
    this.#values.set(from.singles())
    this.#seen = seen
    this.#barsSinceTraining = since
    this.#nextTrainingAfterBars = next
    this.#trainings = trainings
    this.#limits = limits.low.length > 0 ? limits : null
  }
}

export function clip(x: number, limits: Limits | null, j: number): number {
  return limits ? Math.max(limits.low[j]!, Math.min(limits.high[j]!, x)) : x
}

/** Median ± `winsorAt` robust deviations of each column. */
export function limitsOf({ values, count, width }: Rows, winsorAt: number): Limits {
  const low = new Float64Array(width)
  const high = new Float64Array(width)
  const stride = Math.max(1, Math.floor(count / rowsForLimits))
  const column = new Float64Array(Math.ceil(count / stride))
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < column.length; i++) column[i] = values[i * stride * width + j]!
    const centre = median(column)
    const reach = winsorAt * robustDeviation(column, centre)
    low[j] = centre - reach
    high[j] = centre + reach
  }
  return { low, high }
}

// A feature that hardly moves has no median deviation, and one that never moves no deviation at all: then nothing is
// known of its size, and a bound would hold it there for ever, for what is learned later makes the next bound.
function robustDeviation(column: Float64Array, centre: number): number {
  const robust = deviationsPerMad * median(column.map(x => Math.abs(x - centre)))
  if (robust > 0) return robust
  const variance = column.reduce((sum, x) => sum + (x - centre) ** 2, 0) / column.length
  return Math.sqrt(variance) || Number.POSITIVE_INFINITY
}
