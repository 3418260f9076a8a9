/** A line of the chart, in the terms of Plotly that are used here. */
export interface Trace {
  readonly type: 'scatter'
  readonly name: string
  readonly x: readonly (number | null)[]
  readonly [option: string]: unknown
}

/** Points of one line at most: twice what a wide screen can show. */
export const maxPoints = 1_200

/**
 * The indices that keep a line's shape, ascending: the least and the greatest value of each of `maxPoints / 2` buckets. Every index
 * when there are no more than `maxPoints` values.
 */
export function decimate(length: number, valueAt: (index: number) => number, maxPoints: number): number[] {
  if (length <= maxPoints) return Array.from({ length }, (_, index) => index)
  const buckets = Math.floor(maxPoints / 2)
  const kept: number[] = []
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * length) / buckets)
    const to = Math.floor(((bucket + 1) * length) / buckets)
    let least = from
    let greatest = from
    for (let index = from + 1; index < to; index++) {
      if (valueAt(index) < valueAt(least)) least = index
      if (valueAt(index) > valueAt(greatest)) greatest = index
    }
    kept.push(Math.min(least, greatest))
    if (least !== greatest) kept.push(Math.max(least, greatest))
  }
  return kept
}
