import { nth } from '@candlewatch/core/nth'
import type { Configuration } from './space.ts'

/** Trains one trial on one fold with a share of the rows. */
export interface Job {
  readonly trial: number
  readonly fold: number
  readonly rung: number
  /** The share of the rows before the fold's window to train on, the newest ones. */
  readonly rowShare: number
  readonly configuration: Configuration
}

/** The result of a job. */
export interface Result {
  readonly trial: number
  readonly fold: number
  readonly rung: number
  /** The loss over the fold's window; null if the training diverged. */
  readonly loss: number | null
}

/** One round of the search. */
export interface Rung {
  readonly trials: number
  readonly rowShare: number
}

/** A trial's mean loss over the folds of a rung. */
export interface Standing {
  readonly trial: number
  readonly rung: number
  /** Infinite when it diverged on any fold. */
  readonly loss: number
}

// Every rung keeps a third and trains it on three times the rows: the usual eta of successive halving.
const eta = 3

/** Plans the rungs. 27 trials run on a ninth of the rows, 9 on a third, 3 on all. */
export function planRungs(trials: number): readonly Rung[] {
  let count = 1
  while (eta ** (count + 1) <= trials) count++
  return Array.from({ length: count }, (_, rung) => ({
    trials: Math.max(1, Math.floor(trials / eta ** rung)),
    rowShare: eta ** (rung + 1 - count),
  }))
}

/**
 * Successive halving (Jamieson & Talwalkar, AISTATS 2016) with rows as the resource. `score` may run jobs at the same
 * time: nothing depends on their order. Returns the standings of each rung, best first.
 */
export async function runHalving(
  trials: readonly Configuration[],
  folds: number,
  score: (job: Job) => Promise<Result>,
): Promise<readonly (readonly Standing[])[]> {
  const standings: Standing[][] = []
  let alive = trials.map((_, trial) => trial)
  for (const [rung, { trials: kept, rowShare }] of planRungs(trials.length).entries()) {
    alive = alive.slice(0, kept)
    const jobs = alive.flatMap(trial =>
      Array.from({ length: folds }, (_, fold): Job => {
        return { trial, fold, rung, rowShare, configuration: nth(trials, trial) }
      }),
    )
    const ranked = rank(await Promise.all(jobs.map(score)), alive, rung)
    standings.push(ranked)
    alive = ranked.map(s => s.trial)
  }
  return standings
}

/** Ranks trials by loss, and equal losses by the number of the trial, so that the order is always the same. */
function rank(results: readonly Result[], alive: readonly number[], rung: number): Standing[] {
  return alive
    .map(trial => {
      const losses = results.filter(r => r.trial === trial).map(r => r.loss ?? Number.POSITIVE_INFINITY)
      return { trial, rung, loss: losses.reduce((a, b) => a + b, 0) / losses.length }
    })
    .sort((a, b) => (a.loss === b.loss ? a.trial - b.trial : a.loss - b.loss))
}
