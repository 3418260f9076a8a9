import { outside, residual } from '@candlewatch/core/detectors/residual'
import { CandlewatchError } from '@candlewatch/core/errors'
import { featureSet, seasonByHour } from '@candlewatch/core/features/volatility-scaled'
import { type Artifact, type Manifest, writeNetwork } from '@candlewatch/core/forecast/artifact'
import { type Dataset, makeDataset } from '@candlewatch/core/forecast/dataset'
import { type FitProgress, fit } from '@candlewatch/core/forecast/fit'
import { type LstmShape, lstm, quantiles } from '@candlewatch/core/forecast/lstm'
import { fitNaive, type NaiveParameters, naive } from '@candlewatch/core/forecast/naive'
import { toOutcome, toPrices } from '@candlewatch/core/forecast/prices'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Forecaster, PriceOutcome, Series } from '@candlewatch/core/types'

export interface TrainingOptions {
  readonly name: string
  readonly units: number
  readonly lookback: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly seed: number
  /** Which TF.js backend is running, for the manifest. */
  readonly backend: string
}

export interface TrainedModel extends Artifact {
  readonly manifest: Manifest
}

/** Share of the rows, at their end, that validate. */
const validationShare = 0.1
const calibrationScores = 2_000

/** Trains on the first nine tenths of the series; the last tenth validates, and calibrates the p-values. */
export async function trainModel(
  series: Series,
  options: TrainingOptions,
  progress: FitProgress,
): Promise<TrainedModel> {
  const started = performance.now()
  const { bars, intervalMs } = series
  const trainingBars = bars.slice(0, Math.round(bars.length * (1 - validationShare)))
  const season = seasonByHour(trainingBars, intervalMs)
  const dataset = makeDataset(bars, intervalMs, season, options.lookback)
  const validationStart = dataset.bars.findIndex(bar => bar.ts >= (trainingBars.at(-1) as Bar).ts)
  if (validationStart < 1 || dataset.last.length - validationStart < 100) {
    throw new CandlewatchError(
      'ERR_TRAINING_SHORT',
      `Expected at least 100 samples to validate on (a tenth of the rows), got ${dataset.last.length - validationStart} ` +
        `of ${bars.length} rows. Give a longer history.`,
    )
  }
  const k = fitNaive(
    dataset.bars.slice(0, validationStart).map(({ close }, i) => ({
      close,
      fastRange: dataset.fastRanges[i] as number,
      next: dataset.next[i] as Bar,
    })),
  )
  const shape: LstmShape = { lookback: options.lookback, features: featureSet.features.length, units: options.units }
  const { network, losses } = await fit(dataset, { ...options, shape, validationStart }, progress)
  const forecaster = lstm(network, shape)
  const judged = forecastAll(dataset, validationStart, forecaster, k)
  const { modelJson, weights, sha256 } = await writeNetwork(network)
  const validation = dataset.bars.slice(validationStart)
  const manifest: Manifest = {
    format: 1,
    name: options.name,
    version: `${isoDate((bars.at(-1) as Bar).ts - 1).slice(0, 10)}-${sha256.slice(0, 8)}`,
    market: series.market,
    interval: formatInterval(intervalMs),
    createdAt: isoDate(Date.now()),
    sha256,
    network: {
      kind: 'lstm',
      lookback: options.lookback,
      units: options.units,
      parameters: network.countParams(),
      quantiles: [...quantiles],
    },
    features: { ...featureSet, features: [...featureSet.features] },
    scale: { seasonByHour: season, naive: k },
    training: {
      from: isoDate((bars[0] as Bar).ts - intervalMs),
      to: isoDate((bars.at(-1) as Bar).ts - intervalMs),
      bars: bars.length,
      validationFrom: isoDate((validation[0] as Bar).ts),
      seed: options.seed,
      epochs: options.epochs,
      batchSize: options.batchSize,
      learningRate: options.learningRate,
      backend: options.backend,
      seconds: Math.round((performance.now() - started) / 1000),
      losses: [...losses],
    },
    metrics: {
      bars: judged.length,
      from: isoDate((validation[0] as Bar).ts),
      to: isoDate((bars.at(-1) as Bar).ts - intervalMs),
      high: metricsOf(judged.map(j => j.high)),
      low: metricsOf(judged.map(j => j.low)),
    },
    calibration: calibrate(judged),
  }
  return { manifest, manifestJson: toJson(manifest), modelJson, weights }
}

/** A validation bar beside the forecast that was made for it, and S when it was made. */
interface JudgedBar {
  readonly high: PriceOutcome
  readonly low: PriceOutcome
  readonly scale: number
}

function forecastAll(dataset: Dataset, from: number, forecaster: Forecaster, k: NaiveParameters): JudgedBar[] {
  const width = featureSet.features.length
  return dataset.bars.slice(from).map((bar, i) => {
    const at = dataset.last[from + i] as number
    const next = dataset.next[from + i] as Bar
    const scale = dataset.scales[from + i] as number
    const scaled = forecaster.predict(dataset.rows.slice((at + 1 - dataset.lookback) * width, (at + 1) * width))
    const forecast = toPrices(bar.close, scale, scaled, naive(bar.close, dataset.fastRanges[from + i] as number, k))
    return { high: toOutcome(forecast.high, next.high), low: toOutcome(forecast.low, next.low), scale }
  })
}

function metricsOf(outcomes: readonly PriceOutcome[]): { mae: number; baselineMae: number; coverage90: number } {
  const mean = (of: (outcome: PriceOutcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0) / outcomes.length
  return {
    mae: Number(mean(o => o.absoluteError).toPrecision(6)),
    baselineMae: Number(mean(o => Math.abs(o.actual - o.baseline)).toPrecision(6)),
    coverage90: Number(mean(o => (o.actual >= o.lower && o.actual <= o.upper ? 1 : 0)).toFixed(4)),
  }
}

/** Runs the detector over the validation window as the engine will, and keeps its last scores. */
function calibrate(judged: readonly JudgedBar[]): Manifest['calibration'] {
  const residualOverScale = judged.reduce((sum, j) => sum + Math.abs(outside(j)) / j.scale, 0) / judged.length
  const detector = residual(residualOverScale)
  const scores = judged.map(j => {
    const score = detector.score(j) as number
    detector.learn(j)
    return Number(score.toPrecision(6))
  })
  return { residualOverScale: Number(residualOverScale.toPrecision(6)), residual: scores.slice(-calibrationScores) }
}

/** Readable, with the long list of scores on a line of its own. */
function toJson(manifest: Manifest): string {
  const scores = JSON.stringify(manifest.calibration.residual)
  const short = { ...manifest, calibration: { ...manifest.calibration, residual: [] } }
  return `${JSON.stringify(short, null, 2).replace('"residual": []', `"residual": ${scores}`)}\n`
}
