import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Series } from '@candlewatch/core/types'
import { Piscina } from 'piscina'
import { scoreFold } from './folds.ts'
import type { Job, Result } from './halving.ts'

/** What every worker is given once. */
export interface WorkerSetup {
  readonly series: Series
  readonly folds: number
  readonly seed: number
}

const { series, folds, seed } = Piscina.workerData as WorkerSetup
await startBackend()

/** A class does not survive the way between threads: our errors go as code and message. */
export type Answer = Result | { readonly code: ErrorCode; readonly message: string }

/** One job at a time, on one thread of its own. */
export default async function runJob(job: Job): Promise<Answer> {
  try {
    return await scoreFold(series, folds, job, seed)
  } catch (error) {
    if (error instanceof CandlewatchError) return { code: error.code, message: error.message }
    throw error
  }
}
