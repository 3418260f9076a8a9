import { makeRng, type Rng } from '../stats/rng.ts'
import { closeOf, hourMs } from '../time.ts'
import type { Bar, Market, Ms, Series } from '../types.ts'
import { type AnomalyKind, type PlannedAnomaly, planAnomalies, shareAt } from './synthetic-anomaly.ts'
import { logRhythm, makeVolatility } from './synthetic-volatility.ts'

export interface SyntheticOptions {
  readonly seed?: number
  /** The first bar opens then. */
  readonly from?: Ms
  /** The last bar closes then. */
  readonly to?: Ms
  readonly intervalMs?: Ms
  readonly startUsd?: number
}

/** The anomalies that were written into the series on purpose. */
export interface Anomaly {
  /** The close of its bar. */
  readonly ts: Ms
  readonly kind: AnomalyKind
  /** The log move at its furthest; negative = down. */
  readonly size: number
}

export interface SyntheticYear {
  readonly series: Series
  /** Oldest first; none in the first 31 days, which detectors warm up on. */
  readonly anomalies: readonly Anomaly[]
}

const dayHours = 24
const market: Market = 'synthetic:BTC-USD'

// A minute a step in an hourly bar: high and low come out of a path and so belong together with open and close.
const stepsPerBar = 60
// Trades that eat through a thin book, at the extremes of a bar: mean, in standard deviations of its return.
const overshoot = { up: 0.12, down: 0.15 }

/**
 * A made-up year of Bitcoin with labelled anomalies, for when there is no real one. The same seed gives the same bars on
 * every machine: nothing but arithmetic, square roots and V8's own log, exp and cos, rounded to cents and to 1e-8 bitcoin.
 * A stochastic-volatility walk (see makeVolatility) with fat tails, aftershocks, a daily rhythm, and volume that follows range.
 */
export function syntheticYear(options: SyntheticOptions = {}): SyntheticYear {
  const { seed = 1, startUsd = 19_700, intervalMs = hourMs } = options
  const { from = Date.UTC(2020, 11, 1) as Ms, to = Date.UTC(2022, 0, 1) as Ms } = options
  const rng = makeRng(seed)
  const barHours = intervalMs / hourMs
  const count = Math.floor((to - from) / intervalMs)
  const quietBars = Math.min(count, Math.round((31 * dayHours) / barHours))
  const perYear = 25 / ((365 * dayHours) / barHours)
  const plans = planAnomalies(rng, quietBars, count, Math.round((count - quietBars) * perYear))
  const walk = makeWalk(rng, barHours, startUsd)
  const bars: Bar[] = []
  const anomalies: Anomaly[] = []
  for (let at = 0; at < count; at++) {
    const openMs = from + at * intervalMs
    const ts = closeOf(openMs, intervalMs)
    const plan = plans.get(at)
    const { size, ...candle } = walk(openMs, plan)
    bars.push({ market, ts, seen: ts, ...candle })
    if (plan) anomalies.push({ ts, kind: plan.kind, size })
  }
  return {
    series: { name: `synthetic ${new Date(to - 1).getUTCFullYear()}, seed ${seed}`, market, intervalMs, bars },
    anomalies,
  }
}

type Candle = Pick<Bar, 'open' | 'high' | 'low' | 'close' | 'volume'> & { readonly size: number }

function makeWalk(rng: Rng, barHours: number, startUsd: number): (openMs: number, plan?: PlannedAnomaly) => Candle {
  const volatility = makeVolatility(rng, barHours)
  const volumeOf = makeVolume(rng, barHours)
  // A weak pull to twice the start (half of the way in 60 days) keeps every seed's year at prices that a reader believes.
  const pull = 1 - Math.exp((-Math.LN2 * barHours) / (60 * dayHours))
  const target = Math.log(2 * startUsd)
  const kept = Math.exp(-barHours / dayHours)
  let last = Math.log(startUsd)
  let usualRange = 0.01 * Math.sqrt(barHours)
  return (openMs, plan) => {
    const deviation = volatility.next(openMs) * Math.sqrt(barHours)
    const size = plan ? limited(plan.multiple * usualRange) : 0
    const path = pathOf(rng, deviation, plan, size)
    // The first trade of a bar is not quite the last one of the bar before.
    const open = last + 0.04 * deviation * rng.normal()
    const close = last + path.end + pull * (target - last)
    const high = Math.max(open, close, last + path.highest) - overshoot.up * deviation * Math.log(1 - rng.uniform())
    const low = Math.min(open, close, last + path.lowest) + overshoot.down * deviation * Math.log(1 - rng.uniform())
    last = close
    usualRange = kept * usualRange + (1 - kept) * (high - low)
    if (plan) volatility.shock()
    const [o, h, l, c] = [usd(open), usd(high), usd(low), usd(close)]
    return { open: o, high: h, low: l, close: c, volume: volumeOf(openMs, high - low), size }
  }
}

// Beyond this in one bar, the year would no longer look like one that has been.
function limited(size: number): number {
  return Math.max(-0.15, Math.min(0.15, size))
}

/** Log prices relative to the open: a random walk with the anomaly on top. */
function pathOf(rng: Rng, deviation: number, plan: PlannedAnomaly | undefined, size: number) {
  const stepDeviation = deviation / Math.sqrt(stepsPerBar)
  let walked = 0
  let end = 0
  let highest = 0
  let lowest = 0
  for (let step = 1; step <= stepsPerBar; step++) {
    walked += stepDeviation * rng.normal()
    end = plan ? walked + size * shareAt(plan, step / stepsPerBar) : walked
    if (end > highest) highest = end
    if (end < lowest) lowest = end
  }
  return { end, highest, lowest }
}

/** Volume rises with the range and with the hour's liveliness, and has days of its own: Karpoff, JFQA 22(1), 1987. */
function makeVolume(rng: Rng, barHours: number): (openMs: number, logRange: number) => number {
  const kept = Math.exp((-Math.LN2 * barHours) / (5 * dayHours))
  let mood = 0
  return (openMs, logRange) => {
    mood = kept * mood + Math.sqrt(1 - kept * kept) * 0.55 * rng.normal()
    const typicalRange = 0.0105 * Math.sqrt(barHours)
    const log =
      Math.log(105 * barHours) + 1.1 * Math.log(logRange / typicalRange) + logRhythm(openMs) + mood + 0.3 * rng.normal()
    return Math.round(Math.exp(log) * 1e8) / 1e8
  }
}

function usd(logPrice: number): number {
  return Math.round(Math.exp(logPrice) * 100) / 100
}
