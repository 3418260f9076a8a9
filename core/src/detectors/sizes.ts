import { outcomesOf } from '../forecast/dataset.ts'
import type { Standing } from '../forecast/prices.ts'
import { at } from '../forecast/quantiles.ts'
import { nth } from '../nth.ts'
import type { Bar, ScaledForecast } from '../types.ts'

/** How large a bar was in each respect: natural logarithms, finite. Prices in units of S. */
export interface Sizes {
  /** High over low, over what was forecast of it. */
  readonly range: number
  /** From the body to the further of high and low. */
  readonly wick: number
  /** Between two closes. */
  readonly move: number
  /** Over what was forecast of it. */
  readonly volume: number
}

// Nearly nothing differs from nothing by chance alone, and nothing has no logarithm. In units of S.
const least = { range: 0.01, expectedRange: 0.05, wick: 0.02, move: 0.05 }

export function sizesOf(standing: Standing, quantiles: ScaledForecast, bar: Bar): Sizes {
  const [, , moved, range, volume] = outcomesOf(standing, bar)
  const { rangeScale } = standing
  const median = (target: 'range' | 'volume') => nth(quantiles[target], at.median)
  const above = Math.log(bar.high / Math.max(bar.open, bar.close)) / rangeScale
  const below = Math.log(Math.min(bar.open, bar.close) / bar.low) / rangeScale
  return {
    range: Math.log(Math.max(range, least.range) / Math.max(median('range'), least.expectedRange)),
    wick: Math.log(Math.max(above, below) + least.wick),
    move: Math.log(Math.abs(moved) + least.move),
    volume: volume - median('volume'),
  }
}
