import type { Candle } from '../state/series.ts'

/** The lengths of the moving averages, in bars: the usual defaults of trading charts. */
export const averageBars = { fast: 20, slow: 50 } as const

/** The length of Bollinger bands, in bars (Bollinger, Bollinger on Bollinger Bands, 2002). */
export const bollingerBars = 20
/** The distance of a Bollinger band from the average, in standard deviations. */
export const bollingerWidth = 2

/** The average of some closes. */
export interface Averaged {
  readonly mean: number
  /** The standard deviation of the population, as Bollinger defines it. */
  readonly deviation: number
}

/** The average of the last `bars` closes up to `index`; null where there are fewer, or one is missing. */
export function averageAt(candles: readonly Candle[], index: number, bars: number, stepMs: number): Averaged | null {
  const first = candles[index - bars + 1]
  const last = candles[index]
  if (!first || !last || last.at - first.at !== (bars - 1) * stepMs) return null
  const averaged = candles.slice(index - bars + 1, index + 1)
  const mean = averaged.reduce((sum, { close }) => sum + close, 0) / bars
  // A second pass: the difference of two large sums would consist of rounding errors.
  const squares = averaged.reduce((sum, { close }) => sum + (close - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / bars) }
}
