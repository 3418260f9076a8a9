import { nth } from '../nth.ts'
/** Feature vectors of one width, one after the other: [count, width]. */
export interface Rows {
  readonly values: Float64Array
  readonly count: number
  readonly width: number
}

/** Mean and deviation of each column, in the features' own units. */
export interface Scale {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** vectors: at least one, all of one length. */
export function rowsOf(vectors: readonly (readonly number[])[]): Rows {
  return { values: Float64Array.from(vectors.flat()), count: vectors.length, width: nth(vectors, 0).length }
}

/** Two-pass, and no deviation below the floor: a feature that stood still must not be divided by nothing. */
export function scaleOf(rows: Rows, floorDeviation: number): Scale {
  const { values, count, width } = rows
  const mean = new Float64Array(width)
  const deviation = new Float64Array(width)
  for (let at = 0; at < values.length; at += width) {
    for (let j = 0; j < width; j++) mean[j]! += values[at + j]! / count
  }
  for (let at = 0; at < values.length; at += width) {
    for (let j = 0; j < width; j++) deviation[j]! += (values[at + j]! - mean[j]!) ** 2 / count
  }
  return { mean, deviation: deviation.map(variance => Math.max(floorDeviation, Math.sqrt(variance))) }
}

/** The rows in deviations from the mean. */
export function standardise(rows: Rows, { mean, deviation }: Scale): Rows {
  const values = rows.values.slice()
  for (let at = 0; at < values.length; at += rows.width) {
    for (let j = 0; j < rows.width; j++) values[at + j] = (values[at + j]! - mean[j]!) / deviation[j]!
  }
  return { ...rows, values }
}

/** One vector in deviations from the mean, held within ±`limit`, into `out`: past it a bar says "extreme" and nothing more. */
export function standardiseInto(out: Float64Array, features: ArrayLike<number>, scale: Scale, limit: number): void {
  for (let j = 0; j < out.length; j++) {
    const deviations = (features[j]! - scale.mean[j]!) / scale.deviation[j]!
    out[j] = Math.max(-limit, Math.min(limit, deviations))
  }
}
