import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Series } from '@candlewatch/core/types'
import { Piscina } from 'piscina'
import { scoreFold } from './folds.ts'
import type { Job, Result } from './halving.ts'

/** The data that every worker gets once. */
export interface WorkerSetup {
  readonly series: Series
  readonly folds: number
  readonly seed: number
}

const { series, folds, seed } = Piscina.workerData as WorkerSetup
await startBackend()

/** The answer of a worker. A class does not survive the way between threads, so our errors travel as code and message. */
export type Answer = Result | { readonly code: ErrorCode; readonly message: string }

/**
 * Runs one job at a time on a thread of its own.
 *
 * @public The pool loads it by the name of this file.
 */
export default async function runJob(job: Job): Promise<Answer> {
  try {
    return await scoreFold(series, folds, job, seed)
  } catch (error) {
    if (error instanceof CandlewatchError) return { code: error.code, message: error.message }
    throw error
  }
}
