import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { Piscina } from 'piscina'
import type { Job, Result } from './halving.ts'
import type { Answer, WorkerSetup } from './worker.ts'

export interface Pool {
  score(job: Job): Promise<Result>
  /** Ends the workers at once; jobs under way reject. */
  close(): Promise<void>
}

/** Threads that train folds, each with the rows in its own memory. */
export function makePool(setup: WorkerSetup, threads: number): Pool {
  const piscina = new Piscina({
    // Threads run compiled JavaScript, also when the sources are run by a test.
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
