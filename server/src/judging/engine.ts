import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { KnownScores, ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { Snapshot, SnapshotStore } from '@candlewatch/adapters/stores/commits'
import type { Beginning, CorrectionStore, JudgingStore } from '@candlewatch/adapters/stores/corrections'
import { type EngineSettings, isSameEngine, usualSettings } from '@candlewatch/adapters/stores/settings'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { engineVersion, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Pipeline, Sink, Step } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import { type EpisodeHistory, trackerAt } from './episodes.ts'

/** The ports from which an engine is resumed. */
export type EngineStore = BarStore &
  EpisodeHistory &
  SnapshotStore &
  JudgingStore &
  ScoreStore &
  Pick<CorrectionStore, 'corrections'>

/** The model that judges, as an engine needs it. */
export interface CurrentModel {
  /** name@version: snapshots are read and written under it. */
  readonly id: string
  makePipeline(stream: Stream, settings: EngineSettings): Pipeline
}

/** The budget that a bar is judged by. */
export type BudgetInForce = Pick<Pipeline, 'alarmsPerWeek' | 'feedShare'>

/** Lets a pipeline judge by a budget from its next bar on. */
export function setBudget(pipeline: Pipeline, { alarmsPerWeek, feedShare }: BudgetInForce): void {
  pipeline.alarmsPerWeek = alarmsPerWeek
  pipeline.feedShare = feedShare
}

/** The parts that an engine is made of. */
export interface EngineParts extends Pick<Engine, 'stream' | 'settings' | 'episodes'> {
  readonly model: CurrentModel
}

/** The pipeline of one stream and model, the stream's open episode, and how far they have got. */
export interface Engine {
  readonly stream: Stream
  /** name@version */
  readonly model: string
  /** The settings of the stream that it was made with. */
  readonly settings: EngineSettings
  readonly pipeline: Pipeline
  readonly episodes: EpisodeTracker
  /** Close of the newest bar that it has learned; 0 before the first. */
  newestTs: Ms
  barsSinceSnapshot: number
}

// After each batch other requests get their turn: stepping again over a few hundred bars takes most of a second.
const batchBars = 50
const discarded: Sink<Step> = { write: otherRequests }

/**
 * Brings a new pipeline to where the store says that its stream is: the newest snapshot and the bars after it, or the newest
 * bars as warm-up and then a first snapshot. An engine that has learned nothing needs no snapshot. A snapshot from before the warm-up bars is not used: a model that comes back after
 * months starts as a new one does. The scores that the engine then knows without a verdict of its own are stored, so that
 * other budgets can be tried on its verdicts.
 */
export async function resume(
  store: EngineStore,
  stream: Stream,
  model: CurrentModel,
  settings: EngineSettings,
): Promise<Engine> {
  const recent = await store.bars({ ...stream, fromMs: null, toMs: null, limit: warmUpBars })
  const [oldest] = recent
  const { tracker } = await trackerAt(store, stream, null)
  const engine = await kept(store, { stream, model, settings, episodes: tracker })
  if (engine && (oldest === undefined || recent.length < warmUpBars || oldest.ts <= engine.newestTs)) {
    // The stored episodes contain these bars already.
    const again = { pipeline: engine.pipeline, episodes: new EpisodeTracker() }
    await run(learned(engine, store.barsAfter(stream, engine.newestTs)), again, discarded, batchBars)
    if (!(await judgedTheNewest(store, engine))) {
      await store.saveBeginning(goingOn(engine))
      await store.saveKnownScores(knownScores(engine))
    }
    return engine
  }
  const begun = await warmedUp({ stream, model, settings, episodes: tracker }, recent)
  await store.saveBeginning(beginningOf(begun, recent.length))
  await store.saveKnownScores(knownScores(begun))
  if (recent.length > 0) await store.saveSnapshot(snapshotOf(begun))
  return begun
}

/** The engine as its snapshot has it, or as it was at its last beginning; null if neither is stored. */
async function kept(store: EngineStore, of: EngineParts): Promise<Engine | null> {
  const { stream, model, settings } = of
  const begun = (await store.beginnings(stream)).findLast(one => one.model === model.id)
  // A snapshot is of the engine that began last.
  if (!isSameEngine(begun?.settings ?? usualSettings, settings)) return null
  const snapshot = await store.snapshot(stream, model.id)
  if (snapshot) return loaded(snapshot, of)
  if (begun?.engine !== engineVersion) return null
  // A correction and retention delete the snapshots of engines that must begin anew.
  const corrections = await store.corrections({ ...stream, fromMs: null, toMs: null, limit: 1 })
  if (corrections.length > 0 || (await store.droppedYears(stream)).length > 0) return null
  if (begun.ts === 0) return warmedUp(of, [])
  const state = await store.beginningState(begun)
  return state && loaded({ ...stream, model: model.id, ts: begun.ts, state }, of)
}

/** A new engine that has learned these bars, oldest first, without a verdict on them. */
export async function warmedUp(of: EngineParts, bars: readonly Bar[]): Promise<Engine> {
  const { stream, model, settings, episodes } = of
  const pipeline = model.makePipeline(stream, settings)
  await warmUp(bars, pipeline)
  const newestTs = bars.at(-1)?.ts ?? (0 as Ms)
  return { stream, model: model.id, settings, pipeline, episodes, newestTs, barsSinceSnapshot: 0 }
}

/** Lets a pipeline learn thousands of bars without keeping other requests waiting. */
export async function warmUp(bars: readonly Bar[], pipeline: Pipeline): Promise<void> {
  for (const [i, bar] of bars.entries()) {
    pipeline.warmUp(bar)
    if ((i + 1) % batchBars === 0) await otherRequests()
  }
}

/** The start of an engine that was warmed up on that many bars: its verdicts from now on follow from the bars alone. */
export function beginningOf({ stream, model, newestTs, settings }: Engine, learned: number): Beginning {
  return { ...stream, model, ts: newestTs, engine: engineVersion, learned, state: null, ...noted(settings) }
}

/** A point at which an engine goes on: should older bars be dropped, its verdicts from now on follow from its state here. */
export function goingOn({ stream, model, pipeline, newestTs, settings }: Engine): Beginning {
  const state = pipeline.save()
  return { ...stream, model, ts: newestTs, engine: engineVersion, learned: null, state, ...noted(settings) }
}

function noted({ calendar }: EngineSettings): { readonly settings?: EngineSettings } {
  return isSameEngine({ calendar }, usualSettings) ? {} : { settings: { calendar } }
}

/** The scores that the engine knows at this moment. */
export function knownScores({ stream, model, pipeline, newestTs }: Engine): KnownScores {
  return { ...stream, model, ts: newestTs, scores: pipeline.scores }
}

/** The engine's state at this moment. */
export function snapshotOf({ stream, model, pipeline, newestTs }: Engine): Snapshot {
  return { ...stream, model, ts: newestTs, state: pipeline.save() }
}

/** Tells whether this model judged the newest bar: then it has also judged the bars since the snapshot. */
async function judgedTheNewest(store: VerdictStore, { stream, model, newestTs }: Engine): Promise<boolean> {
  const [last] = await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 1 })
  return last?.verdict.ts === newestTs && modelId(last.verdict.model) === model
}

/** Loads a snapshot; null if another version of the program wrote it, in which case the bars are learned again. */
function loaded(snapshot: Snapshot, { stream, model, settings, episodes }: EngineParts): Engine | null {
  const pipeline = model.makePipeline(stream, settings)
  try {
    pipeline.load(snapshot.state)
  } catch (error) {
    if (error instanceof CandlewatchError && error.code === 'ERR_SNAPSHOT_LAYOUT') return null
    throw error
  }
  return { stream, model: model.id, settings, pipeline, episodes, newestTs: snapshot.ts, barsSinceSnapshot: 0 }
}

async function* learned(engine: Engine, bars: AsyncIterable<Bar>): AsyncIterable<Bar> {
  for await (const bar of bars) {
    engine.newestTs = bar.ts
    engine.barsSinceSnapshot += 1
    yield bar
  }
}

/** Lets other requests have their turn. */
export function otherRequests(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
