import type { JudgedBar, JudgingStore } from '@candlewatch/adapters/stores/corrections'
import type { Stream } from '@candlewatch/core/time'
import { Chain, compared } from './chain.ts'
import { type Difference, differenceOf } from './difference.ts'
import { Engines, type MakePipeline } from './engines.ts'
import { type EpisodeHistory, episodeDifference } from './episodes.ts'
import { add, type NotCompared } from './not-compared.ts'

/** The result of judging the verdicts of one stream again. */
export interface StreamParity extends Stream {
  /** Verdicts that were judged again; all of them are as stored, except for the last one if there is a difference. */
  readonly compared: number
  /** Verdicts that cannot be judged again, in order of commit. */
  readonly notCompared: readonly NotCompared[]
  /** The chain over the stored verdicts without their sentences; empty without any. */
  readonly chain: string
  /** The first one; nothing is compared after it. */
  readonly difference: Difference | null
}

const pageRows = 1_000

/**
 * Judges again what the store says was judged, in the order in which it was. Then compares the stored episodes with those that
 * the verdicts make. `total` goes on over the verdicts of several streams.
 */
export async function checkStream(
  store: JudgingStore & EpisodeHistory,
  stream: Stream,
  makePipeline: MakePipeline,
  total: Chain = new Chain(),
): Promise<StreamParity> {
  const [beginnings, dropped] = [await store.beginnings(stream), await store.droppedYears(stream)]
  const check = new Check(stream, new Engines(store, stream, makePipeline, beginnings, dropped), total)
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: readonly JudgedBar[] = await store.judged(stream, after, pageRows)
    for (const row of page) {
      await check.step(row)
      if (check.difference) return check.found()
    }
    after = page.length < pageRows ? undefined : page.at(-1)?.seq
  }
  if (check.firstDate !== null) check.difference = await episodeDifference(store, stream, check.firstDate)
  return check.found()
}

class Check {
  readonly #stream: Stream
  readonly #engines: Engines
  #compared = 0
  readonly #notCompared: NotCompared[] = []
  readonly #chain = new Chain()
  readonly #total: Chain
  difference: Difference | null = null
  /** Open of the oldest bar with a verdict. */
  firstDate: string | null = null

  constructor(stream: Stream, engines: Engines, total: Chain) {
    this.#stream = stream
    this.#engines = engines
    this.#total = total
  }

  async step(row: JudgedBar): Promise<void> {
    const { verdict, text, textOf } = compared(row.body)
    const { date, feedShare, alarmsPerWeek } = verdict
    if (this.firstDate === null || date < this.firstDate) this.firstDate = date
    this.#chain.add(text)
    this.#total.add(text)
    const pipeline = await this.#engines.before(row)
    if (typeof pipeline === 'string') return add(this.#notCompared, row, date, pipeline)
    pipeline.alarmsPerWeek = alarmsPerWeek
    pipeline.feedShare = feedShare
    this.#compared++
    this.difference = differenceOf(text, textOf(pipeline.step(row.bar)))
  }

  found(): StreamParity {
    const { market, intervalMs } = this.#stream
    return {
      market,
      intervalMs,
      compared: this.#compared,
      notCompared: this.#notCompared,
      chain: this.#chain.hash,
      difference: this.difference,
    }
  }
}
