import type { JudgedBar, JudgingStore, StoredBeginning } from '@candlewatch/adapters/stores/corrections'
import { judgesAlike, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline } from '@candlewatch/core/types'
import type { Reason } from './not-compared.ts'

/** Makes a fresh pipeline of a model, name@version, with that share of the budget for the feed. */
export type MakePipeline = (model: string, stream: Stream, feedShare: number) => Promise<Pipeline>

/** An engine that is made again. */
interface Engine {
  readonly pipeline: Pipeline
  readonly feedShare: number
  /** Close of the last bar that it has learned; 0 = before any bar. */
  ts: Ms
}

interface Track {
  readonly start: StoredBeginning
  /** Close of the first bar that was judged after the start. */
  readonly firstTs: Ms
  /** Made when a verdict of the model is judged again, and kept while the bars that it has learned stay as they are. */
  engine: Engine | null
}

/** Bars that are read at a time while an engine catches up, if none is missing. */
const barsAtATime = 20_000

/**
 * The engines of one stream, by model, as they were when each verdict was given. An engine starts where the store says that
 * one was warmed up, and has learned every bar since, whoever judged it, as the bar was known then.
 */
export class Engines {
  readonly #store: JudgingStore
  readonly #stream: Stream
  readonly #makePipeline: MakePipeline
  readonly #starts: StoredBeginning[]
  readonly #tracks = new Map<string, Track>()

  /** `starts` are in the order in which they happened. */
  constructor(store: JudgingStore, stream: Stream, makePipeline: MakePipeline, starts: readonly StoredBeginning[]) {
    this.#store = store
    this.#stream = stream
    this.#makePipeline = makePipeline
    this.#starts = [...starts]
  }

  /** Returns the pipeline that is about to judge the bar, or why there is none. Verdicts are asked for in order of commit. */
  async before(row: JudgedBar, feedShare: number): Promise<Pipeline | Reason> {
    for (const next of this.#startsBefore(row.seq)) this.#begin(next, row.bar.ts)
    const track = this.#tracks.get(row.model)
    if (!track) return 'no-start'
    if (!judgesAlike(track.start.engine)) return 'other-engine'
    try {
      const engine = await this.#caughtUp(track, row, feedShare)
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

  /** A start before bars that other engines have learned comes from a correction: those have learned bars that changed. */
  #begin(start: StoredBeginning, firstTs: Ms): void {
    for (const [model, track] of this.#tracks) {
      if (track.start.ts > start.ts) this.#tracks.delete(model)
      else if (track.engine && track.engine.ts > start.ts) track.engine = null
    }
    this.#tracks.set(start.model, { start, firstTs, engine: null })
  }

  async #caughtUp({ start, firstTs, engine: kept }: Track, row: JudgedBar, feedShare: number): Promise<Engine | null> {
    const { ts } = row.bar
    const engine = kept && kept.ts < ts ? kept : await this.#warmedUp(start, feedShare)
    if (!engine || engine.ts >= ts) return null
    const { intervalMs } = this.#stream
    const beforeTs = (ts - intervalMs) as Ms
    // An engine that had learned nothing learned that first bar first.
    for (let after = engine.ts || firstTs - intervalMs; after < beforeTs; after += barsAtATime * intervalMs) {
      const to = Math.min(beforeTs, after + barsAtATime * intervalMs) as Ms
      const missed = await this.#store.barsKnownAt(this.#stream, to, row.seq - 1, barsAtATime, after as Ms)
      for (const bar of missed) engine.pipeline.step(bar)
    }
    return engine.feedShare === feedShare ? engine : this.#withShare(engine, start.model, feedShare)
  }

  async #warmedUp({ model, ts, afterSeq }: StoredBeginning, feedShare: number): Promise<Engine | null> {
    const bars = await this.#store.barsKnownAt(this.#stream, ts, afterSeq, warmUpBars)
    if ((bars.at(-1)?.ts ?? 0) !== ts) return null
    const pipeline = await this.#makePipeline(model, this.#stream, feedShare)
    for (const bar of bars) pipeline.warmUp(bar)
    return { pipeline, feedShare, ts }
  }

  /** The share is given to a pipeline when it is made; what it has learned does not depend on it. */
  async #withShare({ pipeline, ts }: Engine, model: string, feedShare: number): Promise<Engine> {
    const other = await this.#makePipeline(model, this.#stream, feedShare)
    other.load(pipeline.save())
    return { pipeline: other, feedShare, ts }
  }
}

function isModelMissing(error: unknown): boolean {
  return error instanceof CandlewatchError && /^ERR_MODEL_/.test(error.code)
}
