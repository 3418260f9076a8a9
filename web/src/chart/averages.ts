import type { Candle } from '../state/series.ts'

/** Bars to a moving average: what traders' charts have by default. */
export const averageBars = { fast: 20, slow: 50 } as const

/** 20 bars, two standard deviations either side. After Bollinger, Bollinger on Bollinger Bands, 2002. */
export const bollingerBars = 20
export const bollingerWidth = 2

export interface Averaged {
  readonly mean: number
  /** Of all the closes, not of a sample: as Bollinger has it. */
  readonly deviation: number
}

/** Of the closes of the last `bars` candles up to `index`; null where there are fewer, or one of them is missing. */
export function averageAt(candles: readonly Candle[], index: number, bars: number, stepMs: number): Averaged | null {
  const first = candles[index - bars + 1]
  const last = candles[index]
  if (!first || !last || last.at - first.at !== (bars - 1) * stepMs) return null
  let sum = 0
  for (let i = index - bars + 1; i <= index; i++) sum += candles[i]!.close
  const mean = sum / bars
  // A second pass: the difference of two large sums would leave rounding alone of a small one.
  let squares = 0
  for (let i = index - bars + 1; i <= index; i++) squares += (candles[i]!.close - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / bars) }
}
