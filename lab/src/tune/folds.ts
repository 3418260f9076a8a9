import { CandlewatchError } from '@candlewatch/core/errors'
import { featureSet, seasonByHour } from '@candlewatch/core/features/volatility-scaled'
import { makeDataset, settlingBars } from '@candlewatch/core/forecast/dataset'
import { fit } from '@candlewatch/core/forecast/fit'
import { known } from '@candlewatch/core/nth'
import type { Series } from '@candlewatch/core/types'
import type { Job, Result } from './halving.ts'
import { longestLookback } from './space.ts'

/** Rows `start` to `end` (excluded) score a model that was trained on rows before `start`. */
export interface Fold {
  readonly start: number
  readonly end: number
}

// The first fold learns from this share of the rows; the rest is cut into equal windows.
const firstShare = 0.4
const leastWindow = 50
const leastSamples = 100

const leastRows = (lookback: number) => Math.max(settlingBars, lookback) + leastSamples + 1

/** Makes walk-forward folds over expanding windows, oldest first. Throws ERR_TRAINING_SHORT with the number of rows needed. */
export function foldsOf({ name, bars }: Pick<Series, 'name' | 'bars'>, count: number): readonly Fold[] {
  const wanted = Math.max(
    Math.ceil(leastRows(longestLookback) / firstShare),
    Math.ceil((leastWindow * count) / (1 - firstShare)),
  )
  if (bars.length < wanted) {
    throw new CandlewatchError(
      'ERR_TRAINING_SHORT',
      `${name}: expected at least ${wanted} rows for ${count} folds, got ${bars.length}. Give a longer history.`,
    )
  }
  const edge = (i: number) => Math.round(bars.length * (firstShare + ((1 - firstShare) * i) / count))
  return Array.from({ length: count }, (_, i) => ({ start: edge(i), end: edge(i + 1) }))
}

/**
 * Trains on the newest share of the rows before the fold's window and scores the last epoch on the window: no epoch is
 * chosen by it, nothing is fitted on it. A training that diverges scores null.
 */
export async function scoreFold(series: Series, folds: number, job: Job, seed: number): Promise<Result> {
  const { trial, fold, rung, configuration, rowShare } = job
  const { start, end } = foldsOf(series, folds)[fold] as Fold
  const { units, lookback } = configuration
  const begin = Math.max(0, start - Math.max(leastRows(lookback), Math.round(start * rowShare)))
  const learned = series.bars.slice(begin, start)
  const season = seasonByHour(learned, series.intervalMs)
  const dataset = makeDataset(series.bars.slice(begin, end), series.intervalMs, season, lookback)
  const lastClose = known(learned.at(-1)).ts
  const validationStart = dataset.bars.findIndex(bar => bar.ts >= lastClose)
  if (validationStart < 1) throw gapped(series, fold)
  const shape = { units, lookback, features: featureSet.features.length }
  try {
    const { network, losses } = await fit(dataset, { ...configuration, shape, seed, validationStart })
    network.dispose()
    return { trial, fold, rung, loss: known(losses.at(-1)).validation }
  } catch (error) {
    if (error instanceof CandlewatchError && error.code === 'ERR_TRAINING_DIVERGED')
      return { trial, fold, rung, loss: null }
    throw error
  }
}

function gapped({ name }: Series, fold: number): CandlewatchError {
  return new CandlewatchError(
    'ERR_TRAINING_SHORT',
    `${name}: expected rows without gaps on both sides of the beginning of fold ${fold + 1}, found none. Choose other --from, --to or --folds.`,
  )
}
