import { calibrate } from '@candlewatch/core/engine/calibrate'
import { CandlewatchError } from '@candlewatch/core/errors'
import { featureSet, seasonByHour } from '@candlewatch/core/features/volatility-scaled'
import { type Artifact, type Manifest, writeNetwork } from '@candlewatch/core/forecast/artifact'
import { makeDataset } from '@candlewatch/core/forecast/dataset'
import { type FitProgress, fit } from '@candlewatch/core/forecast/fit'
import { type LstmShape, lstm } from '@candlewatch/core/forecast/lstm'
import { fitNaive } from '@candlewatch/core/forecast/naive'
import { levels, targets } from '@candlewatch/core/forecast/quantiles'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, PriceOutcome, Series } from '@candlewatch/core/types'

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
  const parts = { name: options.name, version: '', forecaster: lstm(network, shape), seasonByHour: season, naive: k }
  const { calibration, judged } = calibrate(parts, bars, trainingBars.length, intervalMs)
  const { modelJson, weights, sha256 } = await writeNetwork(network)
  const validation = bars.slice(trainingBars.length)
  const manifest: Manifest = {
    format: 2,
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
      targets: [...targets],
      quantiles: [...levels],
    },
    features: { ...featureSet, features: [...featureSet.features] },
    scale: { seasonByHour: season, naive: k },
    training: {
      from: isoDate((bars[0] as Bar).ts - intervalMs),
      to: isoDate((bars.at(-1) as Bar).ts - intervalMs),
      bars: bars.length,
      validationFrom: isoDate((validation[0] as Bar).ts - intervalMs),
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
      from: isoDate((validation[0] as Bar).ts - intervalMs),
      to: isoDate((bars.at(-1) as Bar).ts - intervalMs),
      high: metricsOf(judged.map(j => j.high)),
      low: metricsOf(judged.map(j => j.low)),
    },
    calibration,
  }
  return { manifest, manifestJson: toJson(manifest), modelJson, weights }
}

function metricsOf(outcomes: readonly PriceOutcome[]): { mae: number; baselineMae: number; coverage90: number } {
  const mean = (of: (outcome: PriceOutcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0) / outcomes.length
  return {
    mae: Number(mean(o => o.absoluteError).toPrecision(6)),
    baselineMae: Number(mean(o => Math.abs(o.actual - o.baseline)).toPrecision(6)),
    coverage90: Number(mean(o => (o.actual >= o.lower && o.actual <= o.upper ? 1 : 0)).toFixed(4)),
  }
}

/** Readable, with each long list of scores on a line of its own. */
function toJson(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2).replace(/\[\s*(-?[\d.e+-]+(?:,\s*-?[\d.e+-]+)*)\s*\]/g, list => list.replace(/\s+/g, ' '))}\n`
}
