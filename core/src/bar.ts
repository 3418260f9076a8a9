import type { Bar } from './types.ts'

/** The names of a candle's numbers. */
export const candleFields = ['open', 'high', 'low', 'close', 'volume'] as const

/** The numbers of a candle, wherever they came from. */
export type Candle = Pick<Bar, (typeof candleFields)[number]>

// Wider than any market quotes, and narrow enough that no ratio, sum or square of checked bars leaves the range of a double.
const lowestPrice = 1e-12
const highestPrice = 1e15
const mostVolume = 1e20

/** Why a candle cannot exist, in the words of a message: "<field>: expected <expected>, found <found>". */
export interface BarFault {
  readonly field: keyof Candle
  readonly expected: string
  readonly found: string
}

/**
 * null for a candle that can exist. This is the entry check: what passes is positive, finite and in order,
 * so that no later code tests for NaN or for a high below the low.
 *
 * @example
 * faultOf({ open: 2, high: 1, low: 1, close: 1, volume: 0 })
 * // { field: 'open', expected: 'a price from the low, 1, to the high, 1', found: '2' }
 */
export function faultOf(bar: Candle): BarFault | null {
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    if (!(bar[field] > 0 && bar[field] < Infinity)) return fault(bar, field, 'a positive number')
    if (bar[field] < lowestPrice || bar[field] > highestPrice) {
      return fault(bar, field, `a price from ${lowestPrice} to ${highestPrice}`)
    }
  }
  // Volume may be zero: an hour without a trade is dull, not impossible.
  if (!(bar.volume >= 0 && bar.volume < Infinity)) return fault(bar, 'volume', 'a number that is not negative')
  if (bar.volume > mostVolume) return fault(bar, 'volume', `at most ${mostVolume}`)
  if (bar.high < bar.low) return fault(bar, 'high', `at least the low, ${bar.low}`)
  for (const field of ['open', 'close'] as const) {
    if (bar[field] < bar.low || bar[field] > bar.high) {
      return fault(bar, field, `a price from the low, ${bar.low}, to the high, ${bar.high}`)
    }
  }
  return null
}

/** The first number in which two candles differ; undefined when they are equal. */
export function differingField(a: Candle, b: Candle): keyof Candle | undefined {
  return candleFields.find(field => a[field] !== b[field])
}

function fault(bar: Candle, field: keyof Candle, expected: string): BarFault {
  return { field, expected, found: String(bar[field]) }
}
