import { nth } from '../nth.ts'
import type { Expectation, PriceForecast, PriceOutcome, Quantiles, ScaledForecast, Skill } from '../types.ts'
import { at } from './quantiles.ts'

/** Where a forecast starts from: the newest bar, and S, a log ratio. */
export interface Standing {
  readonly close: number
  /** S: the unit of moves from that close. */
  readonly scale: number
  /** The unit of what happens within the bar: S but for the first bar after closed hours. */
  readonly rangeScale: number
  readonly usualVolume: number
  /** True for a forecast of the first bar after closed hours: its scales and volume are those of openings. */
  readonly isOpening: boolean
}

/** How far each range is widened on both sides, in units of S; negative narrows it. */
export interface Widening {
  readonly up: number
  readonly down: number
}

/** One forecaster's high and low, quote currency. */
export interface HighLow {
  readonly high: Expectation
  readonly low: Expectation
}

/** Quantiles of the high and the low as prices. A range never crosses its median. */
export function highLow(
  { close, scale }: Standing,
  { up, down }: Pick<ScaledForecast, 'up' | 'down'>,
  widening: Widening,
): HighLow {
  return {
    high: expectation(up, widening.up, x => close * Math.exp(held(scale * x))),
    low: expectation(down, widening.down, x => close * Math.exp(held(-scale * x))),
  }
}

/** Both forecasts of one price; `expected` is that of the forecaster that drives. */
export function priceForecast(by: Skill['by'], model: Expectation, naive: Expectation): PriceForecast {
  return { ...(by === 'model' ? model : naive), baseline: naive.expected, model: model.expected }
}

export function closeVolumeRange({ close, scale, rangeScale, usualVolume }: Standing, scaled: ScaledForecast) {
  return {
    close: expectation(scaled.close, 0, x => close * Math.exp(held(scale * x))),
    volume: expectation(scaled.volume, 0, x => usualVolume * Math.exp(x)),
    range: expectation(scaled.range, 0, x => close * Math.expm1(held(rangeScale * x))),
  }
}

export function toOutcome(forecast: PriceForecast, actual: number): PriceOutcome {
  return { actual, ...forecast, absoluteError: eightDigits(Math.abs(actual - forecast.expected)) }
}

// After a market that stood still for weeks, one absurd row can widen a range to more than a double holds.
const mostLogRatio = 50
const held = (logRatio: number) => Math.max(-mostLogRatio, Math.min(mostLogRatio, logRatio))

function expectation(quantiles: Quantiles, widening: number, priceOf: (x: number) => number): Expectation {
  const median = nth(quantiles, at.median)
  const below = priceOf(Math.min(median, nth(quantiles, at.lower) - widening))
  const above = priceOf(Math.max(median, nth(quantiles, at.upper) + widening))
  return {
    expected: eightDigits(priceOf(median)),
    lower: eightDigits(Math.min(below, above)),
    upper: eightDigits(Math.max(below, above)),
  }
}

/** Forecasts are rounded before judging, so that a reader can compute every verdict again from the numbers shown. */
function eightDigits(x: number): number {
  return Number(x.toPrecision(8))
}
