import type { Snapshot, Store, Stream } from '@candlewatch/adapters/stores/store'
import { run } from '@candlewatch/core/engine/run'
import type { Ms, Pipeline, Sink, Step } from '@candlewatch/core/types'

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
 * or all bars as warm-up and then a first snapshot.
 */
export async function resume(
  store: Store,
  stream: Stream,
  model: string,
  makePipeline: () => Pipeline,
): Promise<Engine> {
  const snapshot = await store.snapshot(stream, model)
  const engine = snapshot ? loaded(snapshot, makePipeline()) : await warmedUp(store, stream, makePipeline())
  if (snapshot) {
    await run(taken(engine, store.barsAfter(stream, snapshot.ts)), engine.pipeline, nowhere, batchBars)
  } else {
    await store.saveSnapshot(snapshotOf(engine, stream, model))
  }
  return engine
}

export function snapshotOf(engine: Engine, stream: Stream, model: string): Snapshot {
  return { ...stream, model, ts: engine.newestTs, state: engine.pipeline.save() }
}

function loaded(snapshot: Snapshot, pipeline: Pipeline): Engine {
  pipeline.load(snapshot.state)
  return { pipeline, newestTs: snapshot.ts, barsSinceSnapshot: 0 }
}

async function warmedUp(store: Store, stream: Stream, pipeline: Pipeline): Promise<Engine> {
  const engine: Engine = { pipeline, newestTs: 0 as Ms, barsSinceSnapshot: 0 }
  let bars = 0
  for await (const bar of store.barsAfter(stream, 0 as Ms)) {
    pipeline.warmUp(bar)
    engine.newestTs = bar.ts
    bars += 1
    // Thousands of bars would otherwise keep every other request waiting.
    if (bars % batchBars === 0) await new Promise(resolve => setImmediate(resolve))
  }
  return engine
}

async function* taken(engine: Engine, bars: AsyncIterable<Step['bar']>): AsyncIterable<Step['bar']> {
  for await (const bar of bars) {
    engine.newestTs = bar.ts
    engine.barsSinceSnapshot += 1
    yield bar
  }
}
