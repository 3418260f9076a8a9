import { calibrate, type JudgedBar } from '@candlewatch/core/engine/calibrate'
import { CandlewatchError } from '@candlewatch/core/errors'
import { featureSetOf, type SeasonByHour } from '@candlewatch/core/features/any-market'
import { seasonByHour } from '@candlewatch/core/features/volatility-scaled'
import { type Artifact, type Manifest, type TrainedSeries, writeNetwork } from '@candlewatch/core/forecast/artifact'
import {
  type Dataset,
  leastSamples,
  makeDataset,
  rowsWanted,
  validationShare,
} from '@candlewatch/core/forecast/dataset'
import type { FitOptions, FitProgress, Fitted } from '@candlewatch/core/forecast/fit'
import { type LstmShape, lstm } from '@candlewatch/core/forecast/lstm'
import { fitNaive, type NaiveSample } from '@candlewatch/core/forecast/naive'
import { levels, targets } from '@candlewatch/core/forecast/quantiles'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { known, nth } from '@candlewatch/core/nth'
import type { Bar, PriceOutcome, Series } from '@candlewatch/core/types'
import { joinDatasets, type SplitDataset } from './joined-dataset.ts'
import { countedOn, type FittedMembers, fitMembers, orNull } from './members.ts'
import { pooled } from './pooled-calibration.ts'
import { folds, teach } from './teacher.ts'

/** The options of a training. */
export interface TrainingOptions {
  readonly name: string
  /** Whether the model is for the first series' market, which the others help to learn, or for any market and interval. */
  readonly serves: 'market' | 'any'
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
 * Trains on the first nine tenths of each series; the last tenth validates, and calibrates the p-values. Then, if it is asked
 * for, the same training is run again on all of them, and those weights are the model. A model of one market is described and
 * calibrated by the first series, one of any market by all of them. Throws ERR_TRAINING_SHORT, ERR_TRAINING_FLAT, and what
 * `fit` throws.
 */
export async function trainModel(
  all: readonly [Series, ...Series[]],
  options: TrainingOptions,
  progress: FitProgress,
): Promise<TrainedModel> {
  const started = performance.now()
  const isAny = options.serves === 'any'
  const splits = all.map(series => split(series, options))
  const [first] = splits as [Split, ...Split[]]
  const { dataset, validationStart } = joinDatasets(splits)
  const { season } = first
  const naive = fitNaive((isAny ? splits : [first]).flatMap(one => naiveSamples(one, isAny)))
  const shape: LstmShape = { lookback: options.lookback, features: dataset.width, units: options.units }
  const pass = { ...options, shape, series: all.length }
  const fitted = await fitTaught(dataset, { ...pass, validationStart }, progress)
  const { losses, kept, members, parameters } = fitted
  const forecaster = lstm(fitted.network, fitted.shape)
  const parts = { name: options.name, version: '', forecaster, seasonByHour: season, naive }
  const calibrated = (isAny ? splits : [first]).map(({ series, trainingBars }) =>
    calibrate(parts, series.bars, trainingBars, series.intervalMs),
  )
  const { network, refitted, ended } = await refit(fitted, dataset, pass, progress)
  const { modelJson, weights, sha256 } = await writeNetwork(network)
  network.dispose()
  const manifest: Manifest = {
    ...describe(all, options, sha256, season),
    network: {
      kind: 'lstm',
      lookback: options.lookback,
      units: fitted.shape.units,
      members,
      parameters,
      targets: [...targets],
      quantiles: [...levels],
    },
    scale: { seasonByHour: season === null ? null : [...season], naive },
    training: {
      ...trainedOn(splits, options),
      ...(all.length > 1 && { series: splits.map((one, i) => trainedSeries(one, calibrated[i]?.judged ?? [])) }),
      refitted,
      seconds: Math.round((performance.now() - started) / 1000),
      losses: [...losses],
      kept: [...kept],
    },
    metrics: metricsOf(isAny ? splits : [first], calibrated),
    calibration: pooled(calibrated.map(one => one.calibration)),
  }
  return { manifest, manifestJson: toJson(manifest), modelJson, weights, kept, ended }
}

type Calibrated = ReturnType<typeof calibrate>

/** What the naive forecast is fitted on; of several series over the mean price and range of each. */
function naiveSamples({ dataset, validationStart }: Split, isRelative: boolean): NaiveSample[] {
  const samples = dataset.bars.slice(0, validationStart).map(({ close }, i) => ({
    close,
    fastRange: nth(dataset.fastRanges, i),
    next: nth(dataset.next, i),
  }))
  if (!isRelative) return samples
  const unit = samples.reduce((sum, { close, fastRange }) => sum + close * fastRange, 0) / Math.sqrt(samples.length)
  return samples.map(({ close, fastRange, next: { high, low } }) => ({
    close: close / unit,
    fastRange,
    next: { high: high / unit, low: low / unit },
  }))
}

type Pass = TrainingOptions & Pick<FitOptions, 'shape' | 'validationStart'> & { readonly series: number }

/** Fits the teacher, if there is one, and then the members. */
async function fitTaught(dataset: Dataset, options: Pass, progress: FitProgress): Promise<FittedMembers> {
  const { members, distillation, epochs } = options
  if (distillation === 0) return fitMembers(dataset, options, members, progress)
  const teacher = await teach(dataset, options, { share: distillation, series: options.series }, progress)
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

/** A series and its dataset; validation begins at sample `validationStart` and row `trainingBars`. */
interface Split extends SplitDataset {
  readonly series: Series
  readonly season: SeasonByHour
  readonly trainingBars: number
}

function split(series: Series, { lookback, serves }: Pick<TrainingOptions, 'lookback' | 'serves'>): Split {
  const { bars, intervalMs } = series
  const trainingBars = Math.round(bars.length * (1 - validationShare))
  requireRows(series, lookback)
  const learned = bars.slice(0, trainingBars)
  refuseFlat(series, learned)
  const season = serves === 'any' ? null : seasonByHour(learned, intervalMs)
  const dataset = makeDataset(bars, intervalMs, season, lookback)
  const lastClose = known(learned.at(-1)).ts
  const validationStart = dataset.bars.findIndex(bar => bar.ts >= lastClose)
  if (validationStart < leastSamples || dataset.last.length - validationStart < leastSamples)
    throw tooShort(series, lookback, 'too many of them are next to gaps')
  return { series, dataset, season, validationStart, trainingBars }
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

function describe(
  all: readonly [Series, ...Series[]],
  { name, serves }: TrainingOptions,
  sha256: string,
  season: SeasonByHour,
) {
  const newest = Math.max(...all.map(({ bars }) => known(bars.at(-1)).ts))
  const featureSet = featureSetOf(season)
  const [series] = all
  return {
    format: 4 as const,
    name,
    version: `${isoDate(newest - 1).slice(0, 10)}-${sha256.slice(0, 8)}`,
    market: serves === 'any' ? null : series.market,
    interval: serves === 'any' ? null : formatInterval(series.intervalMs),
    createdAt: isoDate(Date.now()),
    sha256,
    features: { ...featureSet, features: [...featureSet.features] },
  }
}

function trainedOn(splits: readonly Split[], options: TrainingOptions) {
  const spans = splits.map(spanOf)
  const first = (of: (span: ReturnType<typeof spanOf>) => string) => known(spans.map(of).sort()[0])
  const { seed, epochs, batchSize, learningRate, weighting, averaging, distillation, backend } = options
  return {
    from: first(span => span.from),
    // No row after this was seen, of any series.
    to: known(
      spans
        .map(span => span.to)
        .sort()
        .at(-1),
    ),
    bars: spans.reduce((sum, span) => sum + span.bars, 0),
    validationFrom: first(span => span.validationFrom),
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

function spanOf({ series, trainingBars }: Split) {
  return {
    from: openOf(series, 0),
    to: openOf(series, series.bars.length - 1),
    bars: series.bars.length,
    validationFrom: openOf(series, trainingBars),
  }
}

function trainedSeries(split: Split, judged: readonly JudgedBar[]): TrainedSeries {
  const { market, intervalMs } = split.series
  const both = judged.flatMap(({ high, low }) => [inPercent(high), inPercent(low)])
  const { mae, baselineMae } = both.length > 0 ? measured(both) : { mae: null, baselineMae: null }
  return { market, interval: formatInterval(intervalMs), ...spanOf(split), mae, baselineMae }
}

/** Of one series in its currency, of several in percent of the price, each series counting alike. */
function metricsOf(splits: readonly Split[], calibrated: readonly Calibrated[]): Manifest['metrics'] {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
  const side = (name: 'high' | 'low') => {
    const each = calibrated.map(({ judged }) =>
      measured(judged.map(one => (splits.length === 1 ? one[name] : inPercent(one[name])))),
    )
    return {
      mae: Number(mean(each.map(one => one.mae)).toPrecision(6)),
      baselineMae: Number(mean(each.map(one => one.baselineMae)).toPrecision(6)),
      coverage90: Number(mean(each.map(one => one.coverage90)).toFixed(4)),
    }
  }
  const spans = splits.map(spanOf)
  return {
    bars: calibrated.reduce((sum, { judged }) => sum + judged.length, 0),
    from: known(spans.map(span => span.validationFrom).sort()[0]),
    to: known(
      spans
        .map(span => span.to)
        .sort()
        .at(-1),
    ),
    high: side('high'),
    low: side('low'),
  }
}

function inPercent(outcome: PriceOutcome): PriceOutcome {
  const of = (price: number) => (100 * price) / outcome.actual
  return {
    ...outcome,
    actual: 100,
    expected: of(outcome.expected),
    lower: of(outcome.lower),
    upper: of(outcome.upper),
    baseline: of(outcome.baseline),
    model: of(outcome.model),
    absoluteError: of(outcome.absoluteError),
  }
}

function measured(outcomes: readonly PriceOutcome[]): { mae: number; baselineMae: number; coverage90: number } {
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
