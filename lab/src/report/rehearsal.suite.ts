import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import type { Model } from '@candlewatch/core/forecast/artifact'
import type { Ms, Series } from '@candlewatch/core/types'

/** Hours from 1 January 2021 on. */
export function syntheticHours(count: number): Series {
  const from = Date.UTC(2021, 0, 1) as Ms
  return syntheticYear({ from, to: (from + count * 3_600_000) as Ms, seed: 4 }).series
}

/** Stands in for a trained model: forecasts the same in units of S at every bar, after four bars. */
export function steadyModel(): Model {
  const wing = [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2]
  const body = [-2, -1, -0.3, 0, 0.3, 1, 2]
  const scaled = { up: wing, down: wing, close: body, range: [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3], volume: body }
  const calibration = { residualOverScale: 0.4, residual: Array.from({ length: 999 }, (_, i) => i / 300) }
  return {
    name: 'steady',
    version: '1',
    forecaster: { lookback: 4, predict: () => scaled },
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
