import type { CommitStore, Snapshot } from '@candlewatch/adapters/stores/commits'
import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { run } from '@candlewatch/core/engine/run'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Sink, Step } from '@candlewatch/core/types'
import { stored } from '../platform/stored.ts'
import { type Engine, snapshotOf } from './engine.ts'

export interface CommitParts {
  readonly store: CommitStore
  /** Told of each batch after it was committed, in order. */
  publish(stream: Stream, committed: readonly SequencedVerdict[]): void
  readonly barsPerSnapshot?: number
}

// Some 300 kB of verdicts: few enough to answer others meanwhile, enough to be worth a commit.
const batchBars = 100
// A restart judges no more than these again, in a fifth of a second; a snapshot is a megabyte.
const usualBarsPerSnapshot = 1_024

/**
 * Steps an engine through the bars. One batch is written while the next one is judged. `goOn` is asked before each
 * is written and may throw to end it there, `committed` after. Rejects when a batch is not stored, with none being written any more: the
 * engine is then ahead of the store.
 */
export async function judgeAndCommit(
  { store, publish, barsPerSnapshot = usualBarsPerSnapshot }: CommitParts,
  stream: Stream,
  { model, engine }: { readonly model: string; readonly engine: Engine },
  bars: Iterable<Bar>,
  { goOn, committed }: { goOn(): void; committed(steps: readonly Step[]): void },
): Promise<void> {
  let underWay: Promise<void> = Promise.resolve()
  const sink: Sink<Step> = {
    name: 'commits',
    async write(steps) {
      goOn()
      await underWay
      engine.newestTs = steps.at(-1)?.bar.ts ?? engine.newestTs
      engine.barsSinceSnapshot += steps.length
      const isDue = engine.barsSinceSnapshot >= barsPerSnapshot
      if (isDue) engine.barsSinceSnapshot = 0
      // Taken now: the engine goes on.
      underWay = write(steps, isDue ? snapshotOf(engine, stream, model) : null)
      // Whoever waits for it next hears of it.
      underWay.catch(() => {})
    },
  }
  try {
    await run(bars, engine.pipeline, sink, batchBars)
  } finally {
    await underWay
  }

  async function write(steps: readonly Step[], snapshot: Snapshot | null): Promise<void> {
    const seqs = await stored(() => store.commit(stream, steps, snapshot))
    committed(steps)
    publish(
      stream,
      steps.map(({ verdict }, i) => ({ seq: seqs[i]!, verdict })),
    )
  }
}
