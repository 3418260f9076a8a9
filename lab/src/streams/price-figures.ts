import { weeklyBootstrap } from '@candlewatch/core/eval/bootstrap'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { PriceFigures } from './stream-figures.ts'

/** The high or the low of one bar, and how far the forecasts were off: absolute errors in quote currency. */
export interface PriceMiss {
  readonly openMs: number
  /** True for the first bar after an absence. */
  readonly isOpening: boolean
  /** True if the price was inside its 90 % range. */
  readonly isInside: boolean
  readonly model: number
  readonly engine: number
  readonly naive: number
  /** null if there were too few rows to fit it. */
  readonly scaledMove: number | null
}

const bootstrap = { draws: 2_000, seed: 1 } as const

/** Computes the figures of one price; null without a bar, or if a naive forecast never missed. */
export function priceFigures(misses: readonly PriceMiss[]): PriceFigures | null {
  const sum = (of: (miss: PriceMiss) => number) => misses.reduce((total, miss) => total + of(miss), 0)
  const errorOf = {
    naive: (miss: PriceMiss) => miss.naive,
    scaledMove: (miss: PriceMiss) => miss.scaledMove ?? Infinity,
  }
  const against = sum(errorOf.scaledMove) < sum(errorOf.naive) ? 'scaledMove' : 'naive'
  const least = sum(errorOf[against])
  if (!(least > 0)) return null
  const weighed = misses.map(miss => ({ openMs: miss.openMs, value: miss.model, weight: errorOf[against](miss) }))
  const openings = misses.filter(({ isOpening }) => isOpening)
  return {
    rows: misses.length,
    ratio: sum(miss => miss.model) / least,
    interval95: weeklyBootstrap(weighed, makeRng(bootstrap.seed), bootstrap.draws),
    against,
    engineRatio: sum(miss => miss.engine) / least,
    coverage90: insideOf(misses),
    openingCoverage90: openings.length === 0 ? null : insideOf(openings),
    openings: openings.length,
  }
}

const insideOf = (misses: readonly PriceMiss[]) => misses.filter(({ isInside }) => isInside).length / misses.length
