import type { Store } from '@candlewatch/adapters/stores/store'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Bar, Market, Step } from '@candlewatch/core/types'
import { expect } from 'vitest'
import { barAt, hourMs } from '../serving.suite.ts'

const market: Market = 'test:BTC-USD'

/** Stores verdicts of a real engine: warming up, quiet bars, an anomaly and faults of the feed. */
export async function judgedMarket(store: Pick<Store, 'commit'>): Promise<Market> {
  const pipeline = makePipeline({ market, intervalMs: hourMs, alarmsPerWeek: 1, feedShare: 0.1 }, steadyModel())
  const episodes = new EpisodeTracker()
  const steps: Step[] = bars().map(bar => {
    const verdict = pipeline.step(bar)
    return { bar, verdict, episodes: episodes.next(verdict) }
  })
  await store.commit({ market, intervalMs: hourMs }, steps, null)
  const statuses = new Set(steps.map(({ verdict }) => verdict.status))
  expect(statuses).toEqual(new Set(['warming-up', 'normal', 'anomaly', 'feed-fault']))
  return market
}

/** A quiet random walk, then a jump, then a price that stands still. */
function bars(): Bar[] {
  const rng = makeRng(20)
  let close = 30_000
  const quiet = Array.from({ length: 400 }, (_, hour) => {
    const open = close
    const path = Array.from({ length: 12 }, () => {
      close *= Math.exp(0.002 * rng.normal())
      return close
    })
    return { ...barOf(hour), open, high: Math.max(open, ...path), low: Math.min(open, ...path), close, volume: 100 }
  })
  const after = close * 1.19
  const jump = { ...barOf(400), open: close, high: close * 1.2, low: close * 0.999, close: after, volume: 900 }
  const still = { open: after, high: after, low: after, close: after, volume: 0 }
  return [...quiet, jump, ...Array.from({ length: 12 }, (_, i) => ({ ...barOf(401 + i), ...still }))]
}

const barOf = (hour: number) => ({ ...barAt(hour), market })

/** Forecasts the same move in units of volatility for every bar. */
function steadyModel(): Model {
  const wing = [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2]
  const body = [-2, -1, -0.3, 0, 0.3, 1, 2]
  const range = [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3]
  const residual = Array.from({ length: 999 }, (_, i) => (3 * ((i * 617) % 999)) / 1_000)
  const calibration = { residualOverScale: 0.4, residual }
  return {
    name: 'steady',
    version: '1',
    forecaster: { lookback: 4, predict: () => ({ up: wing, down: wing, close: body, range, volume: body }) },
    seasonByHour: Array.from({ length: 24 }, () => 1),
    naive: { up: 0.4, down: 0.4 },
    calibration: {
      model: calibration,
      naive: calibration,
      intervals: { model: { up: [], down: [] }, naive: { up: [], down: [] } },
      feed: [],
    },
  }
}
