import { first } from '../nth.ts'
import type { Quantiles, ScaledForecast } from '../types.ts'

/** The levels that every head answers, ascending. */
export const levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const

/** The forecast quantities, in the order of the network's heads. */
export const targets = ['up', 'down', 'close', 'range', 'volume'] as const satisfies readonly (keyof ScaledForecast)[]

/** Where each level stands in a Quantiles. */
export const at = { lower: 1, median: 3, upper: 5 } as const

/** The network's answers, one head of levels after another, each put in order. */
export function toScaledForecast(heads: Float32Array): ScaledForecast {
  const all = targets.map((_, i) => sorted(heads.subarray(i * levels.length, (i + 1) * levels.length)))
  const [up, down, close, range, volume] = first(all, 5)
  return { up, down, close, range, volume }
}

/** Quantiles learned apart can cross; sorted they are never worse (Chernozhukov, Fernández-Val & Galichon 2010). */
function sorted(heads: Float32Array): Quantiles {
  return Array.from(heads).sort((a, b) => a - b)
}
