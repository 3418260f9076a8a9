import { join } from 'node:path'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { calibrate } from '@candlewatch/core/engine/calibrate'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Artifact, loadModel, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { PriceOutcome, Series } from '@candlewatch/core/types'
import type { Output } from '../program.ts'
import type { Range } from '../series/series.ts'
import { saveModel } from '../training/model-folder.ts'
import { trainingProgress } from '../training/progress.ts'
import { requireRows, trainModel } from '../training/training.ts'
import { type Configuration, longestLookback } from './space.ts'

interface PrepareParts {
  readonly series: Series
  /** The rows to compare on; null for no comparison. */
  readonly span: Range | null
  readonly models: string
  readonly name: string
}

/**
 * Checks before the search what would otherwise fail after an hour of it. Returns the model to compare with; null if there is
 * none. Throws ERR_TRAINING_SHORT and ERR_OPTION_INVALID.
 */
export async function prepareRetraining({ series, span, models, name }: PrepareParts): Promise<Artifact | null> {
  requireRows(series, longestLookback)
  const last = series.bars.at(-1)
  if (span === null || last === undefined) return null
  requireUnseen('the winner', openOf(last, series.intervalMs), span)
  const old = await champion(models, name)
  if (!old) return null
  const manifest = parseManifest(old.manifestJson)
  requireUnseen(`${manifest.name} ${manifest.version}`, Date.parse(manifest.training.to), span)
  return old
}

interface RetrainParts extends PrepareParts {
  /** All rows of the source; `series` has those to train on. */
  readonly whole: Series
  readonly configuration: Configuration
  readonly members: number
  readonly seed: number
  readonly out: string
  /** The model to compare with. */
  readonly old: Artifact | null
  readonly output: Output
  readonly stop: AbortSignal
}

/** Trains the winner and compares it with the newest model of its name. Returns false when it was stopped. */
export async function retrain(parts: RetrainParts): Promise<boolean> {
  const { whole, series, configuration, name, members, seed, out, models, span, old, output, stop } = parts
  const progress = trainingProgress(output, 2 * configuration.epochs * members)
  const backend = (await startBackend()).name
  const options = {
    ...configuration,
    name,
    serves: 'market' as const,
    refit: true,
    distillation: 0,
    seed,
    members,
    backend,
  }
  const model = await trainModel([series], options, { ...progress, stopped: () => stop.aborted }).finally(progress.stop)
  output.line(`Winner trained: ${await saveModel(model, join(out, 'models'))}`)
  if (model.ended === 'stopped') return false
  if (span === null) return true
  const judgements: Judgement[] = []
  for (const artifact of old ? [model, old] : [model]) judgements.push(await judge(artifact, whole, span))
  output.line(comparison(judgements, span))
  if (!old) output.line(`${models} has no ${name} to compare with.`)
  return true
}

/** Mean absolute errors in quote currency. */
interface Judgement {
  readonly name: string
  readonly bars: number
  readonly high: number
  readonly low: number
  readonly naive: { readonly high: number; readonly low: number }
}

/** Reads the newest model of that name; null when there is none yet. */
async function champion(modelsFolder: string, name: string): Promise<Artifact | null> {
  try {
    return await readArtifact(modelsFolder, name)
  } catch (error) {
    if (error instanceof CandlewatchError && error.code === 'ERR_MODEL_MISSING') return null
    throw error
  }
}

/** Throws ERR_OPTION_INVALID if a model that was trained up to the row that opened at `lastOpen` has seen rows of the span. */
function requireUnseen(model: string, lastOpen: number, { from }: Range): void {
  if (lastOpen < from) return
  throw new CandlewatchError(
    'ERR_OPTION_INVALID',
    `--judge: expected rows that no model has seen, but ${model} was trained on rows up to ${isoDate(lastOpen)}. Start later.`,
  )
}

/** Computes the model's errors over bars that it has not seen; the bars before them warm it up. Throws ERR_RANGE_EMPTY if there are none. */
async function judge(artifact: Artifact, series: Series, { from, to }: Range): Promise<Judgement> {
  const { name, version } = parseManifest(artifact.manifestJson)
  const opens = (ts: number) => ts - series.intervalMs
  const bars = series.bars.filter(bar => opens(bar.ts) < to)
  const first = bars.findIndex(bar => opens(bar.ts) >= from)
  const { judged } = calibrate(await loadModel(artifact), bars, first < 0 ? bars.length : first, series.intervalMs)
  if (judged.length === 0) {
    const message = `${series.name}: no bar from ${isoDate(from)} to ${isoDate(to)} can be judged. Set --judge.`
    throw new CandlewatchError('ERR_RANGE_EMPTY', message)
  }
  const error = (side: 'high' | 'low', by: keyof Pick<PriceOutcome, 'model' | 'baseline'>) =>
    judged.reduce((sum, j) => sum + Math.abs(j[side].actual - j[side][by]), 0) / judged.length
  return {
    name: `${name} ${version}`,
    bars: judged.length,
    high: error('high', 'model'),
    low: error('low', 'model'),
    naive: { high: error('high', 'baseline'), low: error('low', 'baseline') },
  }
}

function comparison(judgements: readonly Judgement[], { from, to }: Range): string {
  const rows = judgements.flatMap(j => [
    `| ${j.name} | ${j.bars} | ${j.high.toPrecision(6)} | ${j.low.toPrecision(6)} |`,
    `| its naive forecast | ${j.bars} | ${j.naive.high.toPrecision(6)} | ${j.naive.low.toPrecision(6)} |`,
  ])
  return [
    `Mean absolute error in quote currency on rows from ${isoDate(from)} to ${isoDate(to)}, which no model was trained on:`,
    '',
    '| model | bars | high | low |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
