import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Series } from '@candlewatch/core/types'
import { Piscina } from 'piscina'
import type { Output } from '../program.ts'
import { type Job, planRungs, type Result, runHalving, type Standing } from './halving.ts'
import { openJournal, setupOf } from './journal.ts'
import { tuningProgress } from './progress.ts'
import type { Configuration } from './space.ts'
import type { Answer, WorkerSetup } from './worker.ts'

/** Threads that train and score folds. */
export interface Pool {
  score(job: Job): Promise<Result>
  /** Ends the workers at once; jobs under way reject. */
  close(): Promise<void>
}

/** Starts a pool; tests pass their own. */
export type MakePool = (setup: WorkerSetup, threads: number) => Pool

/** Starts threads that each hold the rows in their own memory. */
export function makePool(setup: WorkerSetup, threads: number): Pool {
  const piscina = new Piscina({
    // Threads run compiled JavaScript, also when a test runs the sources.
    filename: fileURLToPath(new URL('../../dist/tune/worker.js', import.meta.url)),
    workerData: setup,
    minThreads: threads,
    maxThreads: threads,
  })
  return {
    async score(job) {
      const answer: Answer = await piscina.run(job)
      if ('code' in answer) throw new CandlewatchError(answer.code, answer.message)
      return answer
    },
    close: () => piscina.destroy(),
  }
}

/** The parts of a search. */
export interface SearchParts {
  readonly series: Series
  readonly trials: readonly Configuration[]
  readonly folds: number
  readonly seed: number
  readonly threads: number
  /** The folder with the journal of finished trainings. */
  readonly out: string
  readonly output: Output
  readonly stop: AbortSignal
  readonly poolOf: MakePool
}

/** Scores the trials by successive halving. Returns null when it was stopped; the journal keeps what was finished. */
export async function search(parts: SearchParts): Promise<readonly (readonly Standing[])[] | null> {
  const { series, trials, folds, seed, threads, out, output, stop, poolOf } = parts
  const backend = await startBackend()
  const file = join(out, 'results.jsonl')
  const journal = openJournal(file, setupOf(series, { trials, folds, seed }, backend.name))
  output.line(
    `${series.bars.length} rows of ${series.name}; ${journal.size} finished trainings found in ${file}; backend ${backend.name}`,
  )
  const progress = tuningProgress(output, planRungs(trials.length), folds)
  const pool = poolOf({ series, folds, seed }, threads)
  const abort = () => void pool.close()
  stop.addEventListener('abort', abort, { once: true })
  const score = async (job: Job): Promise<Result> => {
    const known = journal.find(job)
    const result = known ?? (await pool.score(job))
    if (!known) journal.append(result)
    progress.done(job, !known)
    return result
  }
  try {
    stop.throwIfAborted()
    return await runHalving(trials, folds, score)
  } catch (error) {
    if (!stop.aborted) throw error
    output.error(
      `Stopped after ${journal.size} of ${progress.total} trainings. They are kept: the same command continues from there.`,
    )
    return null
  } finally {
    progress.stop()
    stop.removeEventListener('abort', abort)
    await pool.close()
  }
}
