import { performance } from 'node:perf_hooks'
import { SingleBar } from 'cli-progress'
import type { Output } from '../program.ts'
import { duration } from '../training/progress.ts'
import type { Job, Rung } from './halving.ts'

/** Shows how far a search has got. */
export interface TuningProgress {
  /** Counts a finished training. `fresh` is false for the result of an earlier run, which says nothing about the speed. */
  done(job: Job, fresh: boolean): void
  readonly finished: number
  readonly total: number
  stop(): void
}

const patienceMs = 15_000

/** Shows a bar on a terminal, else at most a line every 15 s. The time left follows from the rows still to be trained on. */
export function tuningProgress(
  output: Output,
  rungs: readonly Rung[],
  folds: number,
  now = () => performance.now(),
): TuningProgress {
  const total = rungs.reduce((sum, rung) => sum + rung.trials * folds, 0)
  let left = rungs.reduce((sum, rung) => sum + rung.trials * folds * rung.rowShare, 0)
  const fresh = { work: 0, startedMs: now(), lastLineMs: now() }
  let finished = 0
  const bar = output.isTTY
    ? new SingleBar({ format: 'rung {rung}/{rungs} {bar} {value}/{total} trainings, {left} left', hideCursor: true })
    : null
  bar?.start(total, 0, { rung: 1, rungs: rungs.length, left: '–' })
  return {
    done(job, isFresh) {
      finished++
      left -= job.rowShare
      if (isFresh) fresh.work += job.rowShare
      const elapsed = now() - fresh.startedMs
      const timeLeft = fresh.work > 0 ? duration((elapsed * left) / fresh.work) : '–'
      bar?.update(finished, { rung: job.rung + 1, left: timeLeft })
      if (bar || (finished < total && now() - fresh.lastLineMs < patienceMs)) return
      fresh.lastLineMs = now()
      output.error(`rung ${job.rung + 1}/${rungs.length}: ${finished}/${total} trainings, ${timeLeft} left`)
    },
    get finished() {
      return finished
    },
    total,
    stop: () => bar?.stop(),
  }
}
