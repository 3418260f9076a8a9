import { median } from './median.ts'
import type { Rows } from './rows.ts'

/** The lowest and the highest of each feature that is learned as it stands. */
export interface Limits {
  readonly low: Float64Array
  readonly high: Float64Array
}

// A median absolute deviation times this is the standard deviation of a normal variable.
const deviationsPerMad = 1.4826
// The median of 400 rows is known to a twentieth of a deviation, and six is a round number anyway.
const rowsForLimits = 400

/** The feature `j`, held within its limits. */
export function clip(x: number, { low, high }: Limits, j: number): number {
  return Math.max(low[j]!, Math.min(high[j]!, x))
}

// Far beyond an ordinary hour, and near enough that a bad tick is one hour among many.
const winsorAt = 6

/** The rows with each feature held near the others: one bad tick as it stands stretches every scale that is fitted on it. */
export const winsorised = (rows: Rows): Rows => clipped(rows, limitsOf(rows, winsorAt))

/** The rows, each feature held within its limits. */
export function clipped({ values, count, width }: Rows, limits: Limits): Rows {
  return { values: values.map((x, at) => clip(x, limits, at % width)), count, width }
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
