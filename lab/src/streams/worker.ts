import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { loadModel, type Manifest, type Model, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Stream } from '@candlewatch/core/time'
import { dayAfter, type ModelChoice, placeFor } from '../judging-model.ts'
import { type JudgedStream, judgeStream, type StreamOptions } from './judge-stream.ts'

/** One file to judge. */
export interface StreamJob extends Omit<StreamOptions, 'range'> {
  readonly file: string
  /** Epoch ms; the day after the model's training rows if null. */
  readonly from: number | null
  readonly to: number
  readonly model: ModelChoice
}

/** The answer of a thread. A class does not survive the way between threads, so errors travel as code and message. */
export type StreamAnswer = JudgedStream | { readonly code: ErrorCode; readonly message: string }

const loaded = new Map<string, Promise<{ readonly model: Model; readonly manifest: Manifest }>>()

/**
 * Judges one file at a time on a thread of its own; the rows of one file at a time are in its memory.
 *
 * @public The pool loads it by the name of this file.
 */
export default async function judgeFile(job: StreamJob): Promise<StreamAnswer> {
  try {
    const series = await loadCsv(job.file)
    const { model, manifest } = await modelOf(job.model, series)
    const { alarmsPerWeek, budgets } = job
    return await judgeStream(series, model, {
      range: { from: job.from ?? dayAfter(manifest, series), to: job.to },
      alarmsPerWeek,
      budgets,
    })
  } catch (error) {
    if (error instanceof CandlewatchError) return { code: error.code, message: error.message }
    throw error
  }
}

async function modelOf(choice: ModelChoice, stream: Stream) {
  const place = await placeFor(choice, stream)
  const key = place.join('/')
  const known = loaded.get(key) ?? load(place)
  loaded.set(key, known)
  return known
}

async function load(place: Awaited<ReturnType<typeof placeFor>>) {
  await startBackend()
  const artifact = await readArtifact(...place)
  return { model: await loadModel(artifact), manifest: parseManifest(artifact.manifestJson) }
}
