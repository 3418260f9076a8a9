import type { CommitStore } from '@candlewatch/adapters/stores/commits'
import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Step, Verdict } from '@candlewatch/core/types'
import { stored } from '../platform/stored.ts'
import { type BudgetInForce, type Engine, setBudget, snapshotOf } from './engine.ts'
import type { Publisher } from './publisher.ts'

/** The parts that judging works with. */
export interface JudgeParts {
  readonly commits: CommitStore
  /** The budget in force for a stream. It is read for every bar, so that a change counts from the next one. */
  budget(stream: Stream): BudgetInForce
  readonly publisher: Pick<Publisher, 'committed' | 'failed'>
  /** Throws if no further bar should be judged. */
  refuseWhenClosing(): void
  readonly barsPerSnapshot?: number
}

// Some 300 kB of verdicts: few enough to answer others meanwhile, enough to be worth a commit.
const batchBars = 100
// A restart judges at most this many bars again, in a fifth of a second; a snapshot is a megabyte.
const usualBarsPerSnapshot = 1_024

/**
 * Judges new bars in batches and commits each one; while a batch is written, the next is judged. Resolves to the verdicts, all
 * of them committed. Rejects when a batch is not stored, and then nothing is being written any more; the engine has learned
 * more than the store has, so it must be dropped.
 */
export async function judgeAndCommit(
  parts: JudgeParts,
  engine: Engine,
  bars: readonly Bar[],
): Promise<readonly Verdict[]> {
  const { commits, publisher, barsPerSnapshot = usualBarsPerSnapshot } = parts
  const verdicts: Verdict[] = []
  let underWay: Promise<void> = Promise.resolve()

  async function write(steps: readonly Step[]): Promise<void> {
    await underWay
    underWay = commit(steps)
    // A failure is thrown where the promise is awaited next.
    underWay.catch(() => {})
  }

  /** Writes everything that belongs to a batch, in one transaction. */
  async function commit(steps: readonly Step[]): Promise<void> {
    // Taken before the first await: the engine goes on meanwhile.
    const snapshot = advance(engine, steps) >= barsPerSnapshot ? snapshotOf(engine) : null
    if (snapshot) engine.barsSinceSnapshot = 0
    const seqs = await stored(() => commits.commit(engine.stream, steps, snapshot)).catch(error => {
      publisher.failed(engine.stream, error)
      throw error
    })
    for (const { verdict } of steps) verdicts.push(verdict)
    await publisher.committed(engine.stream, sequenced(steps, seqs))
  }

  try {
    try {
      await run(judgeable(parts, engine, bars), engine, { write }, batchBars)
    } finally {
      await underWay
    }
  } catch (error) {
    throw withProgress(error, verdicts.length, bars.length)
  }
  return verdicts
}

/** The verdicts of steps and their episode events, each with the position that its commit gave it. */
export function sequenced(steps: readonly Step[], seqs: readonly number[]): readonly SequencedVerdict[] {
  return steps.map(({ verdict, episodes }, i) => {
    const seq = seqs[i]
    if (seq === undefined) throw new Error(`Expected ${steps.length} positions of a commit, found ${seqs.length}.`)
    return { seq, verdict, episodes }
  })
}

function* judgeable(parts: JudgeParts, engine: Engine, bars: readonly Bar[]): Iterable<Bar> {
  for (const bar of bars) {
    parts.refuseWhenClosing()
    setBudget(engine.pipeline, parts.budget(engine.stream))
    yield bar
  }
}

/** Records that the engine has learned the bars of these steps. Returns how many it has learned since its last snapshot. */
function advance(engine: Engine, steps: readonly Step[]): number {
  engine.newestTs = steps.at(-1)?.bar.ts ?? engine.newestTs
  engine.barsSinceSnapshot += steps.length
  return engine.barsSinceSnapshot
}

/** The error, with how many rows were stored before it. */
function withProgress(error: unknown, stored: number, all: number): unknown {
  if (!(error instanceof CandlewatchError) || stored === 0) return error
  const { code, message, cause, details } = error
  const progress = `The first ${stored} of its ${all} new rows are stored already.`
  return new CandlewatchError(code, `${message} ${progress}`, { cause, details })
}
