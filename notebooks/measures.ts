import type { Bar } from '@candlewatch/core/types'

/** Bars that should be there and are not, after `bars[after]`. */
export interface Gap {
  readonly after: number
  readonly missing: number
}

export function gaps(bars: readonly Bar[], intervalMs: number): Gap[] {
  return bars.flatMap((bar, i) => {
    const next = bars[i + 1]
    const missing = next ? Math.round((next.ts - bar.ts) / intervalMs) - 1 : 0
    return missing > 0 ? [{ after: i, missing }] : []
  })
}

/** log(close / previous close), of bars that follow each other without a gap. */
export function logReturns(bars: readonly Bar[], intervalMs: number): number[] {
  return bars.flatMap((bar, i) => {
    const before = bars[i - 1]
    return before && bar.ts - before.ts === intervalMs ? [Math.log(bar.close / before.close)] : []
  })
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}

export function deviation(values: readonly number[]): number {
  const mu = mean(values)
  return Math.sqrt(mean(values.map(x => (x - mu) ** 2)))
}

/** 0 for a normal distribution; large where extremes are common. */
export function excessKurtosis(values: readonly number[]): number {
  const mu = mean(values)
  return mean(values.map(x => (x - mu) ** 4)) / deviation(values) ** 4 - 3
}

/** [lag, correlation of the values with themselves that many bars later], lags from 1 on. */
export function autocorrelation(values: readonly number[], lags: number): [lag: number, correlation: number][] {
  const mu = mean(values)
  const centred = values.map(x => x - mu)
  const power = centred.reduce((sum, x) => sum + x * x, 0)
  return Array.from({ length: lags }, (_, i) => {
    let sum = 0
    for (let at = i + 1; at < centred.length; at++) sum += (centred[at] as number) * (centred[at - i - 1] as number)
    return [i + 1, sum / power]
  })
}

/** By linear interpolation between the two nearest values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number]
  return below + (above - below) * (at - Math.floor(at))
}

export interface Month<T> {
  /** `2021-05` */
  readonly name: string
  readonly items: readonly T[]
}

/** Calendar months, UTC, in the order in which they first come. */
export function byMonth<T>(items: readonly T[], openMs: (item: T) => number): Month<T>[] {
  const months = new Map<string, T[]>()
  for (const item of items) {
    const name = new Date(openMs(item)).toISOString().slice(0, 7)
    const month = months.get(name)
    if (month) month.push(item)
    else months.set(name, [item])
  }
  return [...months].map(([name, of]) => ({ name, items: of }))
}

/** The mean of the last `windowBars` values at each of them, from the first full window on. */
export function rollingMean(values: readonly number[], windowBars: number): [index: number, mean: number][] {
  const means: [number, number][] = []
  let sum = 0
  values.forEach((x, i) => {
    sum += x
    if (i >= windowBars) sum -= values[i - windowBars] as number
    if (i >= windowBars - 1) means.push([i, sum / windowBars])
  })
  return means
}

/** The approximate share of a standard normal in a bin of this width around x. */
export function normalShare(x: number, width: number): number {
  return (width * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}
