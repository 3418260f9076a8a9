import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { KnownScores, ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { Snapshot, SnapshotStore } from '@candlewatch/adapters/stores/commits'
import type { JudgingStore } from '@candlewatch/adapters/stores/corrections'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { engineVersion, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Pipeline, Sink, Step } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'

/** The ports from which an engine is resumed. */
export type EngineStore = BarStore & VerdictStore & SnapshotStore & JudgingStore & ScoreStore

/** One stream's pipeline and where it stands. */
export interface Engine {
  readonly pipeline: Pipeline
  /** Close of the newest bar taken in; 0 before any. */
  newestTs: Ms
  barsSinceSnapshot: number
}

// Each batch lets other requests in: stepping again over a few hundred bars takes most of a second.
const nowhere: Sink<Step> = { name: 'nowhere', write: () => new Promise(resolve => setImmediate(resolve)) }
const batchBars = 50

/**
 * Brings a fresh pipeline to where the store says that this stream stands: the newest snapshot and the bars after it,
 * or the newest bars as warm-up and then a first snapshot. A snapshot further behind than a warm-up is left alone: a model
 * that comes back after months starts as a new one does. What it then knows of scores that stand in no verdict of its own
 * is stored, so that other budgets can be tried on its verdicts.
 */
export async function resume(
  store: EngineStore,
  stream: Stream,
  model: string,
  makePipeline: () => Pipeline,
): Promise<Engine> {
  const recent = await store.bars({ ...stream, fromMs: null, toMs: null, limit: warmUpBars })
  const snapshot = await store.snapshot(stream, model)
  if (snapshot && (recent.length < warmUpBars || recent[0]!.ts <= snapshot.ts)) {
    const engine = loaded(snapshot, makePipeline())
    if (engine) {
      await run(taken(engine, store.barsAfter(stream, snapshot.ts)), engine.pipeline, nowhere, batchBars)
      if (!(await saidTheLast(store, stream, model, engine)))
        await store.saveKnownScores(knownBy(engine, stream, model))
      return engine
    }
  }
  const engine = await warmedUp(recent, makePipeline())
  await store.saveBeginning({ ...stream, model, ts: engine.newestTs, engine: engineVersion })
  await store.saveKnownScores(knownBy(engine, stream, model))
  await store.saveSnapshot(snapshotOf(engine, stream, model))
  return engine
}

/** Whether the newest bar was judged by this very model: it then has gone through the bars since the snapshot before. */
async function saidTheLast(store: VerdictStore, stream: Stream, model: string, { newestTs }: Engine): Promise<boolean> {
  const [last] = await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 1 })
  return last?.verdict.ts === newestTs && modelId(last.verdict.model) === model
}

export function knownBy({ pipeline, newestTs }: Engine, stream: Stream, model: string): KnownScores {
  return { ...stream, model, ts: newestTs, scores: pipeline.scores }
}

export function snapshotOf(engine: Engine, stream: Stream, model: string): Snapshot {
  return { ...stream, model, ts: engine.newestTs, state: engine.pipeline.save() }
}

/** null when another version of the program wrote it: then the bars tell the story again. */
function loaded(snapshot: Snapshot, pipeline: Pipeline): Engine | null {
  try {
    pipeline.load(snapshot.state)
  } catch (error) {
    if (error instanceof CandlewatchError && error.code === 'ERR_SNAPSHOT_LAYOUT') return null
    throw error
  }
  return { pipeline, newestTs: snapshot.ts, barsSinceSnapshot: 0 }
}

/** A fresh engine that has learned these bars, oldest first, and said nothing of them. */
export async function warmedUp(recent: readonly Bar[], pipeline: Pipeline): Promise<Engine> {
  await warmUp(recent, pipeline)
  return { pipeline, newestTs: recent.at(-1)?.ts ?? (0 as Ms), barsSinceSnapshot: 0 }
}

/** Thousands of bars would otherwise keep every other request waiting. */
export async function warmUp(bars: readonly Bar[], pipeline: Pipeline): Promise<void> {
  for (const [i, bar] of bars.entries()) {
    pipeline.warmUp(bar)
    if ((i + 1) % batchBars === 0) await new Promise(resolve => setImmediate(resolve))
  }
}

async function* taken(engine: Engine, bars: AsyncIterable<Bar>): AsyncIterable<Bar> {
  for await (const bar of bars) {
    engine.newestTs = bar.ts
    engine.barsSinceSnapshot += 1
    yield bar
  }
}
