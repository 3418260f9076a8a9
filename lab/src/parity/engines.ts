import type { DroppedYear, JudgedBar, JudgingStore, StoredBeginning } from '@candlewatch/adapters/stores/corrections'
import { type EngineSettings, usualSettings } from '@candlewatch/adapters/stores/settings'
import { judgesAlike, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { openOf, type Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline, Verdict } from '@candlewatch/core/types'
import type { Reason } from './not-compared.ts'

/** Makes a fresh pipeline of a model, name@version. Its budget is set before each verdict. */
export type MakePipeline = (model: string, stream: Stream, settings: EngineSettings) => Promise<Pipeline>

/** An engine that is made again. */
interface Engine {
  readonly pipeline: Pipeline
  /** Close of the last bar that it has learned; 0 = before any bar. */
  ts: Ms
}

/** The engine of one model: where it started, and the later points from which it can go on. */
interface Track {
  readonly start: StoredBeginning
  points: readonly StoredBeginning[]
  /** Close of the first bar that was judged after the start and is stored. */
  readonly firstTs: Ms
  /** False if that bar cannot have been the first: those before were dropped. */
  readonly isWhole: boolean
  /** Made when a verdict of the model is judged again, and kept while the bars that it has learned stay as they are. */
  engine: Engine | null
}

/** Bars that are read at a time while an engine catches up, if none is missing. */
const barsAtATime = 20_000

/**
 * The engines of one stream, by model, as they were when each verdict was given. An engine starts where the store says that
 * one was warmed up, and has learned every bar since, whoever judged it, as the bar was known then. Where bars that it had
 * learned were dropped, it goes on from the state that was stored before the bars that are left.
 */
export class Engines {
  readonly #store: JudgingStore
  readonly #stream: Stream
  readonly #makePipeline: MakePipeline
  readonly #starts: StoredBeginning[]
  readonly #dropped: readonly DroppedYear[]
  readonly #tracks = new Map<string, Track>()

  /** `starts` are in the order in which they happened. */
  constructor(
    store: JudgingStore,
    stream: Stream,
    makePipeline: MakePipeline,
    starts: readonly StoredBeginning[],
    dropped: readonly DroppedYear[],
  ) {
    this.#store = store
    this.#stream = stream
    this.#makePipeline = makePipeline
    this.#starts = [...starts]
    this.#dropped = dropped
  }

  /** Returns the pipeline that is about to judge the bar, or why there is none. Verdicts are asked for in order of commit. */
  async before(row: JudgedBar): Promise<Pipeline | Reason> {
    for (const next of this.#startsBefore(row.seq)) this.#begin(next, row)
    const track = this.#tracks.get(row.model)
    if (!track) return 'no-start'
    if (!judgesAlike(track.start.engine)) return 'other-engine'
    try {
      const engine = await this.#caughtUp(track, row)
      if (!engine) return 'bars-dropped'
      track.engine = engine
      // The caller steps over this bar now.
      engine.ts = row.bar.ts
      return engine.pipeline
    } catch (error) {
      if (isModelMissing(error)) return 'no-model'
      throw error
    }
  }

  *#startsBefore(seq: number): Iterable<StoredBeginning> {
    for (let next = this.#starts[0]; next && next.afterSeq < seq; next = this.#starts[0]) {
      this.#starts.shift()
      yield next
    }
  }

  #begin(beginning: StoredBeginning, { bar, body }: JudgedBar): void {
    const { model, ts } = beginning
    const kept = this.#tracks.get(model)
    if (isFresh(beginning)) this.#rollBack(ts)
    else if (kept && kept.start.engine === beginning.engine) {
      kept.points = [...kept.points, beginning]
      return
    }
    const isWhole = ts > 0 || beginning.learned !== null || isFirst(body)
    this.#tracks.set(model, { start: beginning, points: [], firstTs: bar.ts, isWhole, engine: null })
  }

  /** A start before bars that other engines have learned comes from a correction: those have learned bars that changed. */
  #rollBack(ts: Ms): void {
    for (const [model, track] of this.#tracks) {
      if (track.start.ts > ts) this.#tracks.delete(model)
      track.points = track.points.filter(point => point.ts <= ts)
      if (track.engine && track.engine.ts > ts) track.engine = null
    }
  }

  async #caughtUp(track: Track, row: JudgedBar): Promise<Engine | null> {
    const { ts } = row.bar
    const { engine: kept } = track
    const isUsable = kept !== null && kept.ts < ts && !this.#isDroppedBetween(kept.ts, ts, track.start)
    const engine = isUsable ? kept : ((await this.#warmedUp(track, ts)) ?? (await this.#loaded(track, ts)))
    if (!engine || engine.ts >= ts) return null
    const { intervalMs } = this.#stream
    const beforeTs = (ts - intervalMs) as Ms
    // An engine that had learned nothing learned that first bar first.
    for (let after = engine.ts || track.firstTs - intervalMs; after < beforeTs; after += barsAtATime * intervalMs) {
      const to = Math.min(beforeTs, after + barsAtATime * intervalMs) as Ms
      const missed = await this.#store.barsKnownAt(this.#stream, to, row.seq - 1, barsAtATime, after as Ms)
      for (const bar of missed) engine.pipeline.step(bar)
    }
    return engine
  }

  /** The engine at its start; null if bars that it had learned by `ts` are gone. */
  async #warmedUp({ start, isWhole }: Track, ts: Ms): Promise<Engine | null> {
    const { model, learned, afterSeq } = start
    if (!isWhole || !isFresh(start)) return null
    const drops = this.#droppedAfter(start)
    if (start.ts === 0 ? drops.length > 0 : this.#isDroppedBetween(start.ts, ts, start)) return null
    const bars = await this.#store.barsKnownAt(this.#stream, start.ts, afterSeq, learned ?? warmUpBars)
    if ((bars.at(-1)?.ts ?? 0) !== start.ts) return null
    // Without the number, a warm-up may have lost its older part.
    if (learned === null ? bars.length < warmUpBars && drops.length > 0 : bars.length !== learned) return null
    const pipeline = await this.#makePipeline(model, this.#stream, start.settings ?? usualSettings)
    for (const bar of bars) pipeline.warmUp(bar)
    return { pipeline, ts: start.ts }
  }

  /** The engine at the last point from which no bar up to `ts` is gone; null if there is none with a state. */
  async #loaded({ start, points }: Track, ts: Ms): Promise<Engine | null> {
    const from = [start, ...points].findLast(point => point.hasState && point.ts < ts)
    if (!from || this.#isDroppedBetween(from.ts, ts, from)) return null
    const state = await this.#store.beginningState(from)
    if (!state) return null
    const pipeline = await this.#makePipeline(from.model, this.#stream, from.settings ?? usualSettings)
    pipeline.load(state)
    return { pipeline, ts: from.ts }
  }

  /** Tells whether a whole year between two bars that an engine learned was dropped after its beginning. */
  #isDroppedBetween(fromTs: Ms, toTs: Ms, beginning: StoredBeginning): boolean {
    const [from, to] = [this.#yearOf(fromTs), this.#yearOf(toTs)]
    return this.#droppedAfter(beginning).some(({ year }) => year > from && year < to)
  }

  #droppedAfter({ id }: StoredBeginning): readonly DroppedYear[] {
    return this.#dropped.filter(({ afterBeginning }) => afterBeginning >= id)
  }

  #yearOf(ts: Ms): number {
    return new Date(openOf({ ts }, this.#stream.intervalMs)).getUTCFullYear()
  }
}

/** True for the start of an engine that was warmed up, false for a point from which one went on. */
const isFresh = ({ learned, hasState }: StoredBeginning) => learned !== null || !hasState

/** An engine that knows nothing warms up with its first bar. */
const isFirst = (body: string) => (JSON.parse(body) as Pick<Verdict, 'status'>).status === 'warming-up'

function isModelMissing(error: unknown): boolean {
  return error instanceof CandlewatchError && /^ERR_MODEL_/.test(error.code)
}
