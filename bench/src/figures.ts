import { nth } from '@candlewatch/core/nth'
import { InvalidArgumentError } from 'commander'

/** Returns the median; the mean of the two middle values if their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (nth(sorted, (sorted.length - 1) >> 1) + nth(sorted, sorted.length >> 1)) / 2
}

/** Returns the value that a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return nth(sorted, Math.min(sorted.length - 1, Math.floor(share * sorted.length)))
}

/** Returns the slope of the least-squares line. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (one: { readonly x: number; readonly y: number }) => number) =>
    points.reduce((sum, one) => sum + of(one), 0) / points.length
  const [x, y] = [mean(one => one.x), mean(one => one.y)]
  return mean(one => (one.x - x) * (one.y - y)) / mean(one => (one.x - x) ** 2)
}

/** Makes the parser of an option that takes a whole number of at least `least`. */
export function atLeast(least: number): (text: string) => number {
  return text => {
    const found = Number(text)
    if (Number.isInteger(found) && found >= least) return found
    throw new InvalidArgumentError(`expected a whole number of at least ${least}, found "${text}"`)
  }
}
