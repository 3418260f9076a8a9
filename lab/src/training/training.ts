import { calibrate } from '@candlewatch/core/engine/calibrate'
import { CandlewatchError } from '@candlewatch/core/errors'
import { featureSet, seasonByHour } from '@candlewatch/core/features/volatility-scaled'
import { type Artifact, type Manifest, writeNetwork } from '@candlewatch/core/forecast/artifact'
import {
  type Dataset,
  leastSamples,
  makeDataset,
  rowsWanted,
  validationShare,
} from '@candlewatch/core/forecast/dataset'
import type { FitOptions, FitProgress, Fitted } from '@candlewatch/core/forecast/fit'
import { type LstmShape, lstm } from '@candlewatch/core/forecast/lstm'
import { fitNaive } from '@candlewatch/core/forecast/naive'
import { levels, targets } from '@candlewatch/core/forecast/quantiles'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { known, nth } from '@candlewatch/core/nth'
import type { Bar, PriceOutcome, Series } from '@candlewatch/core/types'
import { countedOn, type FittedMembers, fitMembers, orNull } from './members.ts'
import { folds, teach } from './teacher.ts'

/** The options of a training. */
export interface TrainingOptions {
  readonly name: string
  /** LSTM units of each member. */
  readonly units: number
  /** Networks that differ only in their seed; the forecast is their mean. */
  readonly members: number
  readonly lookback: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly weighting: FitOptions['weighting']
  readonly averaging: number
  /** Share of the loss that follows the teacher; 0 = no teacher. */
  readonly distillation: number
  /** Fits the model once more on all rows at the end, those of validation too. */
  readonly refit: boolean
  readonly seed: number
  /** Ends after this many epochs without a better validation loss; undefined runs all epochs. */
  readonly patience?: number | undefined
  /** Which TF.js backend is running, for the manifest. */
  readonly backend: string
}

/** A model and how its training ended. */
export interface TrainedModel extends Artifact {
  readonly manifest: Manifest
  /** The epoch that each member kept. */
  readonly kept: readonly number[]
  readonly ended: Fitted['ended']
}

/**
 * Trains on the first nine tenths of the series; the last tenth validates, and calibrates the p-values. Then, if it is asked
 * for, the same training is run again on all of them, and those weights are the model. Throws ERR_TRAINING_SHORT, ERR_TRAINING_FLAT, and what `fit` throws.
 */
export async function trainModel(
  series: Series,
  options: TrainingOptions,
  progress: FitProgress,
): Promise<TrainedModel> {
  const started = performance.now()
  const { dataset, season, validationStart, trainingBars } = split(series, options.lookback)
  const naive = fitNaive(
    dataset.bars.slice(0, validationStart).map(({ close }, i) => ({
      close,
      fastRange: nth(dataset.fastRanges, i),
      next: nth(dataset.next, i),
    })),
  )
  const shape: LstmShape = { lookback: options.lookback, features: featureSet.features.length, units: options.units }
  const fitted = await fitTaught(dataset, { ...options, shape, validationStart }, progress)
  const { losses, kept, members, parameters } = fitted
  const forecaster = lstm(fitted.network, fitted.shape)
  const parts = { name: options.name, version: '', forecaster, seasonByHour: season, naive }
  const { calibration, judged } = calibrate(parts, series.bars, trainingBars, series.intervalMs)
  const { network, refitted, ended } = await refit(fitted, dataset, { ...options, shape }, progress)
  const { modelJson, weights, sha256 } = await writeNetwork(network)
  network.dispose()
  const manifest: Manifest = {
    ...describe(series, options, sha256),
    network: {
      kind: 'lstm',
      lookback: options.lookback,
      units: fitted.shape.units,
      members,
      parameters,
      targets: [...targets],
      quantiles: [...levels],
    },
    scale: { seasonByHour: season, naive },
    training: {
      ...trainedOn(series, options, trainingBars),
      refitted,
      seconds: Math.round((performance.now() - started) / 1000),
      losses: [...losses],
      kept: [...kept],
    },
    metrics: {
      bars: judged.length,
      from: openOf(series, trainingBars),
      to: openOf(series, series.bars.length - 1),
      high: metricsOf(judged.map(j => j.high)),
      low: metricsOf(judged.map(j => j.low)),
    },
    calibration,
  }
  return { manifest, manifestJson: toJson(manifest), modelJson, weights, kept, ended }
}

type Pass = TrainingOptions & Pick<FitOptions, 'shape' | 'validationStart'>

/** Fits the teacher, if there is one, and then the members. */
async function fitTaught(dataset: Dataset, options: Pass, progress: FitProgress): Promise<FittedMembers> {
  const { members, distillation, epochs } = options
  if (distillation === 0) return fitMembers(dataset, options, members, progress)
  const teacher = await teach(dataset, options, distillation, progress)
  return fitMembers(dataset, { ...options, teacher }, members, countedOn(progress, folds * epochs))
}

/** Returns the number of epochs of all networks together, including the teacher's. */
export function epochsOf(options: Pick<TrainingOptions, 'members' | 'epochs' | 'distillation' | 'refit'>): number {
  return epochsOfPass(options) * (options.refit ? 2 : 1)
}

function epochsOfPass({ members, epochs, distillation }: Pick<TrainingOptions, 'members' | 'epochs' | 'distillation'>) {
  return epochs * (members + (distillation > 0 ? folds : 0))
}

/** Returns the network to keep: fitted again on all rows, unless one of the two trainings was stopped. */
async function refit(
  fitted: FittedMembers,
  dataset: Dataset,
  options: Omit<Pass, 'validationStart'>,
  progress: FitProgress,
): Promise<{ network: Fitted['network']; refitted: boolean; ended: Fitted['ended'] }> {
  const { network, ended, members } = fitted
  if (!options.refit || ended !== 'complete') return { network, refitted: false, ended }
  const all = { ...options, members, validationStart: dataset.last.length }
  const again = await fitTaught(dataset, all, countedOn(progress, epochsOfPass(options))).catch(orNull(true))
  if (again?.ended !== 'complete') {
    again?.network.dispose()
    return { network, refitted: false, ended: 'stopped' }
  }
  network.dispose()
  return { network: again.network, refitted: true, ended }
}

/** Makes the dataset; validation begins at sample `validationStart` and row `trainingBars`. */
function split(series: Series, lookback: number) {
  const { bars, intervalMs } = series
  const trainingBars = Math.round(bars.length * (1 - validationShare))
  requireRows(series, lookback)
  const learned = bars.slice(0, trainingBars)
  refuseFlat(series, learned)
  const season = seasonByHour(learned, intervalMs)
  const dataset = makeDataset(bars, intervalMs, season, lookback)
  const lastClose = known(learned.at(-1)).ts
  const validationStart = dataset.bars.findIndex(bar => bar.ts >= lastClose)
  if (validationStart < leastSamples || dataset.last.length - validationStart < leastSamples)
    throw tooShort(series, lookback, 'too many of them are next to gaps')
  return { dataset, season, validationStart, trainingBars }
}

/** Throws ERR_TRAINING_SHORT with the number of rows wanted. */
export function requireRows(series: Series, lookback: number): void {
  if (series.bars.length < rowsWanted(lookback)) throw tooShort(series, lookback, 'too few')
}

function tooShort({ name, bars }: Series, lookback: number, why: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_TRAINING_SHORT',
    `${name}: expected at least ${rowsWanted(lookback)} rows without gaps for a lookback of ${lookback}, got ${bars.length}: ${why}. Give a longer history.`,
  )
}

function refuseFlat({ name }: Series, bars: readonly Bar[]): void {
  const price = nth(bars, 0).close
  if (bars.some(bar => bar.high !== price || bar.low !== price)) return
  throw new CandlewatchError(
    'ERR_TRAINING_FLAT',
    `${name}: expected prices that move, found ${price} in all ${bars.length} rows to learn from. Give other rows.`,
  )
}

const openOf = ({ bars, intervalMs }: Series, at: number) => isoDate(nth(bars, at).ts - intervalMs)

function describe(series: Series, { name }: TrainingOptions, sha256: string) {
  return {
    format: 4 as const,
    name,
    version: `${isoDate(known(series.bars.at(-1)).ts - 1).slice(0, 10)}-${sha256.slice(0, 8)}`,
    market: series.market,
    interval: formatInterval(series.intervalMs),
    createdAt: isoDate(Date.now()),
    sha256,
    features: { ...featureSet, features: [...featureSet.features] },
  }
}

function trainedOn(series: Series, options: TrainingOptions, trainingBars: number) {
  const { seed, epochs, batchSize, learningRate, weighting, averaging, distillation, backend } = options
  return {
    from: openOf(series, 0),
    to: openOf(series, series.bars.length - 1),
    bars: series.bars.length,
    validationFrom: openOf(series, trainingBars),
    seed,
    epochs,
    batchSize,
    learningRate,
    weighting,
    averaging,
    distillation,
    backend,
  }
}

function metricsOf(outcomes: readonly PriceOutcome[]): { mae: number; baselineMae: number; coverage90: number } {
  const mean = (of: (outcome: PriceOutcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0) / outcomes.length
  return {
    mae: Number(mean(o => o.absoluteError).toPrecision(6)),
    baselineMae: Number(mean(o => Math.abs(o.actual - o.baseline)).toPrecision(6)),
    coverage90: Number(mean(o => (o.actual >= o.lower && o.actual <= o.upper ? 1 : 0)).toFixed(4)),
  }
}

/** Writes readable JSON with each long list of scores on one line. */
function toJson(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2).replace(/\[\s*(-?[\d.e+-]+(?:,\s*-?[\d.e+-]+)*)\s*\]/g, list => list.replace(/\s+/g, ' '))}\n`
}
