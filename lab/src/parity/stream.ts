import { createHash } from 'node:crypto'
import type { JudgedBar, JudgingStore, StoredBeginning } from '@candlewatch/adapters/stores/corrections'
import { engineVersion, warmUpBars } from '@candlewatch/core/engine/pipeline'
import type { Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline, Verdict } from '@candlewatch/core/types'
import { type Difference, differenceOf } from './difference.ts'

export interface StreamParity extends Stream {
  /** Verdicts that were judged again; all of them are as stored, but for the last where there is a difference. */
  readonly compared: number
  /** Of an engine whose beginning is not known, or whose bars are gone: they cannot be judged again. */
  readonly unknown: number
  /** Of another version of the engine, which may judge otherwise. */
  readonly otherEngine: number
  /** SHA-256, hexadecimal: of each stored verdict's bytes behind the hash so far. */
  readonly chain: string
  /** The first one; nothing is compared after it. */
  readonly difference: Difference | null
}

/** A fresh pipeline of a model, name@version, with that share of the budget for the feed. */
export type MakePipeline = (model: string, stream: Stream, feedShare: number) => Promise<Pipeline>

interface Engine {
  readonly pipeline: Pipeline
  readonly feedShare: number
  ts: Ms
}

const pageRows = 1_000

/**
 * Judges again what the store says was judged, in the order in which it was: each engine begins where one began, warmed up on
 * the bars that were known then, and steps over every bar since, whoever judged it, under the budget that the verdict names.
 */
export async function checkStream(
  store: JudgingStore,
  stream: Stream,
  makePipeline: MakePipeline,
): Promise<StreamParity> {
  const check = new Check(store, stream, makePipeline, await store.beginnings(stream))
  for (let after = 0; ; ) {
    const page = await store.judged(stream, after, pageRows)
    for (const row of page) {
      await check.step(row)
      if (check.difference) return check.found()
    }
    if (page.length < pageRows) return check.found()
    after = page.at(-1)!.seq
  }
}

class Check {
  readonly #store: JudgingStore
  readonly #stream: Stream
  readonly #makePipeline: MakePipeline
  readonly #beginnings: StoredBeginning[]
  /** Of each model; its version where it is another one, null where its bars are gone. */
  readonly #engines = new Map<string, Engine | 'other' | null>()
  #compared = 0
  #unknown = 0
  #otherEngine = 0
  #chain = ''
  difference: Difference | null = null

  constructor(store: JudgingStore, stream: Stream, makePipeline: MakePipeline, beginnings: readonly StoredBeginning[]) {
    this.#store = store
    this.#stream = stream
    this.#makePipeline = makePipeline
    this.#beginnings = [...beginnings]
  }

  async step(row: JudgedBar): Promise<void> {
    const verdict = JSON.parse(row.body) as Verdict
    while (this.#beginnings[0] && this.#beginnings[0].afterSeq < row.seq) await this.#begin(this.#beginnings.shift()!)
    this.#chain = createHash('sha256').update(this.#chain).update(row.body).digest('hex')
    for (const [model, engine] of this.#engines) {
      if (model !== row.model && engine instanceof Object) stepped(engine, row)
    }
    const engine = this.#engines.get(row.model)
    if (engine === 'other') this.#otherEngine++
    else if (!engine) this.#unknown++
    else await this.#compare(engine, row, verdict)
  }

  async #compare(engine: Engine, row: JudgedBar, verdict: Verdict): Promise<void> {
    const judging = engine.feedShare === verdict.feedShare ? engine : await this.#withShare(engine, row.model, verdict)
    judging.pipeline.alarmsPerWeek = verdict.alarmsPerWeek
    const judged = stepped(judging, row)
    this.#compared++
    this.difference = differenceOf(row.body, JSON.stringify(judged))
  }

  /** The share is given to a pipeline when it is made; what it knows owes nothing to it. */
  async #withShare({ pipeline, ts }: Engine, model: string, { feedShare }: Verdict): Promise<Engine> {
    const other = await this.#makePipeline(model, this.#stream, feedShare)
    other.load(pipeline.save())
    const engine = { pipeline: other, feedShare, ts }
    this.#engines.set(model, engine)
    return engine
  }

  async #begin({ model, ts, afterSeq, engine: version }: StoredBeginning): Promise<void> {
    // It begins before what others have learned only when bars were corrected: those others began anew as well.
    for (const [other, engine] of this.#engines) {
      if (engine instanceof Object && engine.ts > ts) this.#engines.delete(other)
    }
    this.#engines.set(model, version === engineVersion ? await this.#warmedUp(model, ts, afterSeq) : 'other')
  }

  async #warmedUp(model: string, ts: Ms, afterSeq: number): Promise<Engine | null> {
    const bars = await this.#store.barsKnownAt(this.#stream, ts, afterSeq, warmUpBars)
    if ((bars.at(-1)?.ts ?? 0) !== ts) return null
    const feedShare = 0
    const pipeline = await this.#makePipeline(model, this.#stream, feedShare)
    for (const bar of bars) pipeline.warmUp(bar)
    return { pipeline, feedShare, ts }
  }

  found(): StreamParity {
    const { market, intervalMs } = this.#stream
    const counts = { compared: this.#compared, unknown: this.#unknown, otherEngine: this.#otherEngine }
    return { market, intervalMs, ...counts, chain: this.#chain, difference: this.difference }
  }
}

function stepped(engine: Engine, { bar }: JudgedBar): Verdict {
  const verdict = engine.pipeline.step(bar)
  engine.ts = bar.ts
  return verdict
}
