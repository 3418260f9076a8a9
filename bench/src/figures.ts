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

/** Of an option: a whole number from `least` on. */
export function atLeast(least: number): (text: string) => number {
  return text => {
    const found = Number(text)
    if (Number.isInteger(found) && found >= least) return found
    throw new InvalidArgumentError(`expected a whole number from ${least} on, got "${text}"`)
  }
}
