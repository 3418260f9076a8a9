import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { calibrate } from '@candlewatch/core/engine/calibrate'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Artifact, loadModel, parseManifest } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import type { PriceOutcome, Series } from '@candlewatch/core/types'

/** Mean absolute errors, quote currency. */
export interface Judgement {
  readonly name: string
  readonly bars: number
  readonly high: number
  readonly low: number
  readonly naive: { readonly high: number; readonly low: number }
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** The newest model of that name; null when there is none yet. */
export async function champion(modelsFolder: string, name: string): Promise<Artifact | null> {
  try {
    return await readArtifact(modelsFolder, name)
  } catch (error) {
    if (error instanceof CandlewatchError && error.code === 'ERR_MODEL_MISSING') return null
    throw error
  }
}

/** Throws ERR_OPTION_INVALID when a model whose rows end with the one that opened at `lastOpen` has seen some of the span. */
export function requireUnseen(model: string, lastOpen: number, { from }: Span): void {
  if (lastOpen < from) return
  throw new CandlewatchError(
    'ERR_OPTION_INVALID',
    `--judge: expected rows that no model has seen, but ${model} was trained on rows up to ${isoDate(lastOpen)}. Begin later.`,
  )
}

/** The model's errors over bars that it has not seen, those before warming it up. Throws ERR_RANGE_EMPTY when there are none. */
export async function judge(artifact: Artifact, series: Series, { from, to }: Span): Promise<Judgement> {
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

export function comparison(judgements: readonly Judgement[], { from, to }: Span): string {
  const rows = judgements.flatMap(j => [
    `| ${j.name} | ${j.bars} | ${j.high.toPrecision(6)} | ${j.low.toPrecision(6)} |`,
    `| its naive forecast | ${j.bars} | ${j.naive.high.toPrecision(6)} | ${j.naive.low.toPrecision(6)} |`,
  ])
  return [
    `Judged on rows from ${isoDate(from)} to ${isoDate(to)}, which none of them was trained on; mean absolute error, quote currency:`,
    '',
    '| model | bars | high | low |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
