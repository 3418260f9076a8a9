import type { Model } from '../forecast/artifact.ts'
import { makeRng } from '../stats/rng.ts'
import type { Bar, Market, Ms } from '../types.ts'

export const hourMs = 3_600_000 as Ms
const market: Market = 'test:BTC-USD'
const start = Date.parse('2021-01-01T00:00:00Z')

/** A quiet random walk, hourly: about 1 % between high and low. */
export function quietMarket(count: number, seed: number): Bar[] {
  const rng = makeRng(seed)
  let close = 30_000
  return Array.from({ length: count }, (_, i) => {
    const open = close
    const path = Array.from({ length: 12 }, () => {
      close *= Math.exp(0.002 * rng.normal())
      return close
    })
    return bar(i, {
      open,
      high: Math.max(open, ...path),
      low: Math.min(open, ...path),
      close,
      volume: 100 + 20 * rng.uniform(),
    })
  })
}

export function bar(hour: number, candle: Pick<Bar, 'open' | 'high' | 'low' | 'close' | 'volume'>): Bar {
  const ts = (start + (hour + 1) * hourMs) as Ms
  return { market, ts, seen: ts, ...candle }
}

/** Vitest compares a megabyte of bytes one by one, in seconds. */
export const areSame = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i])

/** Stands in for a trained model: always forecasts the same in units of S, after `lookback` bars. */
export function steadyModel(lookback = 4, scores: number[] = ramp()): Model {
  const wing = [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2]
  const body = [-2, -1, -0.3, 0, 0.3, 1, 2]
  const scaled = { up: wing, down: wing, close: body, range: [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3], volume: body }
  return {
    name: 'steady',
    version: '1',
    forecaster: { lookback, predict: () => scaled },
    seasonByHour: Array.from({ length: 24 }, () => 1),
    naive: { up: 0.4, down: 0.4 },
    calibration: {
      model: { residualOverScale: 0.4, residual: scores },
      naive: { residualOverScale: 0.4, residual: scores },
      intervals: { model: { up: [], down: [] }, naive: { up: [], down: [] } },
      feed: [],
    },
  }
}

/** 999 past scores, 0.000 to 2.994, in no order: neighbours in size are none in time. */
function ramp(): number[] {
  return Array.from({ length: 999 }, (_, i) => (3 * ((i * 617) % 999)) / 1_000)
}
