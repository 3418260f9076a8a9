import type { JudgedBar, JudgingStore, StoredBeginning } from '@candlewatch/adapters/stores/corrections'
import { judgesAlike, warmUpBars } from '@candlewatch/core/engine/pipeline'
import type { Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline, Verdict } from '@candlewatch/core/types'
import { Chain, type Compared, compared } from './chain.ts'
import { type Difference, differenceOf } from './difference.ts'
import { type EpisodeHistory, episodeDifference } from './episodes.ts'

export interface StreamParity extends Stream {
  /** Verdicts that were judged again; all of them are as stored, but for the last where there is a difference. */
  readonly compared: number
  /** Verdicts of an engine whose start is unknown, or whose bars were deleted: they cannot be judged again. */
  readonly unknown: number
  /** Verdicts of another version of the engine, which may judge differently. */
  readonly otherEngine: number
  /** The chain over the stored verdicts without their sentences; empty without any. */
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
 * the bars that were known then, and steps over every bar since, by any engine, under the budget that the verdict names.
 * Then compares the stored episodes with those that the verdicts make. `total` goes on over the verdicts of several streams.
 */
export async function checkStream(
  store: JudgingStore & EpisodeHistory,
  stream: Stream,
  makePipeline: MakePipeline,
  total: Chain = new Chain(),
): Promise<StreamParity> {
  const check = new Check(store, stream, makePipeline, await store.beginnings(stream), total)
  for (let after = 0; ; ) {
    const page = await store.judged(stream, after, pageRows)
    for (const row of page) {
      await check.step(row)
      if (check.difference) return check.found()
    }
    if (page.length < pageRows) break
    after = page.at(-1)!.seq
  }
  if (check.firstDate !== null) check.difference = await episodeDifference(store, stream, check.firstDate)
  return check.found()
}

class Check {
  readonly #store: JudgingStore
  readonly #stream: Stream
  readonly #makePipeline: MakePipeline
  readonly #beginnings: StoredBeginning[]
  /** The engine version by model, if it is another one; null if the bars were deleted. */
  readonly #engines = new Map<string, Engine | 'other' | null>()
  #compared = 0
  #unknown = 0
  #otherEngine = 0
  readonly #chain = new Chain()
  readonly #total: Chain
  difference: Difference | null = null
  /** Open of the oldest bar with a verdict. */
  firstDate: string | null = null

  constructor(
    store: JudgingStore,
    stream: Stream,
    makePipeline: MakePipeline,
    beginnings: readonly StoredBeginning[],
    total: Chain,
  ) {
    this.#store = store
    this.#stream = stream
    this.#makePipeline = makePipeline
    this.#beginnings = [...beginnings]
    this.#total = total
  }

  async step(row: JudgedBar): Promise<void> {
    const stored = compared(row.body)
    const { date } = stored.verdict
    if (this.firstDate === null || date < this.firstDate) this.firstDate = date
    while (this.#beginnings[0] && this.#beginnings[0].afterSeq < row.seq) await this.#begin(this.#beginnings.shift()!)
    this.#chain.add(stored.text)
    this.#total.add(stored.text)
    for (const [model, engine] of this.#engines) {
      if (model !== row.model && engine instanceof Object) stepped(engine, row)
    }
    const engine = this.#engines.get(row.model)
    if (engine === 'other') this.#otherEngine++
    else if (!engine) this.#unknown++
    else await this.#compare(engine, row, stored)
  }

  async #compare(engine: Engine, row: JudgedBar, { verdict, text, textOf }: Compared): Promise<void> {
    const judging = engine.feedShare === verdict.feedShare ? engine : await this.#withShare(engine, row.model, verdict)
    judging.pipeline.alarmsPerWeek = verdict.alarmsPerWeek
    const judged = stepped(judging, row)
    this.#compared++
    this.difference = differenceOf(text, textOf(judged))
  }

  /** The share is given to a pipeline when it is made; what it knows owes nothing to it. */
  async #withShare(
    { pipeline, ts }: Engine,
    model: string,
    { feedShare }: Pick<Verdict, 'feedShare'>,
  ): Promise<Engine> {
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
    this.#engines.set(model, judgesAlike(version) ? await this.#warmedUp(model, ts, afterSeq) : 'other')
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
    return { market, intervalMs, ...counts, chain: this.#chain.hash, difference: this.difference }
  }
}

function stepped(engine: Engine, { bar }: JudgedBar): Verdict {
  const verdict = engine.pipeline.step(bar)
  engine.ts = bar.ts
  return verdict
}
