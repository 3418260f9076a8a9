import { InvalidArgumentError } from 'commander'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2
}

/** The value that a share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
}

/** How much y grows as x grows by one, along the least-squares line. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (one: { readonly x: number; readonly y: number }) => number) =>
    points.reduce((sum, one) => sum + of(one), 0) / points.length
  const [x, y] = [mean(one => one.x), mean(one => one.y)]
  return mean(one => (one.x - x) * (one.y - y)) / mean(one => (one.x - x) ** 2)
}

/** Of an option: a whole number from `least` on. */
export function atLeast(least: number): (text: string) => number {
  return text => {
    const found = Number(text)
    if (Number.isInteger(found) && found >= least) return found
    throw new InvalidArgumentError(`expected a whole number from ${least} on, got "${text}"`)
  }
}
