import type { CommitStore } from '@candlewatch/adapters/stores/commits'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import { type Stream, secondMs } from '@candlewatch/core/time'
import type { Pipeline } from '@candlewatch/core/types'
import type { CurrentModel } from '../judging/engine.ts'
import type { Live } from '../judging/live.ts'
import type { Metrics } from './metrics.ts'

/** Wraps the judge and counts its rows when they are received and when they are answered. */
export function meteredLive(live: Live, { received }: Pick<Metrics, 'received'>): Live {
  async function counted<T>({ market, intervalMs }: Stream, rows: number, work: () => Promise<T>): Promise<T> {
    const ended = received({ market, interval: formatInterval(intervalMs) }, rows)
    try {
      const answer = await work()
      ended('answered')
      return answer
    } catch (error) {
      // These codes mean that a row is not accepted; all others are errors of the server or the database.
      ended(error instanceof CandlewatchError && /^ERR_(BAR|REPLAY)_/.test(error.code) ? 'refused' : 'failed')
      throw error
    }
  }
  return {
    ...live,
    answer: (stream, bars, replay) => counted(stream, bars.length, () => live.answer(stream, bars, replay)),
    takeIn: (stream, bars, sinceTs) => counted(stream, bars.length, () => live.takeIn(stream, bars, sinceTs)),
  }
}

/** Wraps the commits and measures their duration. */
export function meteredCommits(store: CommitStore, { committed }: Pick<Metrics, 'committed'>): CommitStore {
  return {
    async commit(...args) {
      const from = performance.now()
      const seqs = await store.commit(...args)
      committed(secondsSince(from))
      return seqs
    },
  }
}

/** Wraps a model and measures the steps of its engines, also those after a restart. */
export function meteredModel(model: CurrentModel, metrics: Pick<Metrics, 'stepped'>): CurrentModel {
  return { id: model.id, makePipeline: (stream, settings) => timed(model.makePipeline(stream, settings), metrics) }
}

function timed(pipeline: Pipeline, { stepped }: Pick<Metrics, 'stepped'>): Pipeline {
  return {
    get alarmsPerWeek() {
      return pipeline.alarmsPerWeek
    },
    set alarmsPerWeek(next) {
      pipeline.alarmsPerWeek = next
    },
    get feedShare() {
      return pipeline.feedShare
    },
    set feedShare(next) {
      pipeline.feedShare = next
    },
    get scores() {
      return pipeline.scores
    },
    step(bar) {
      const from = performance.now()
      const verdict = pipeline.step(bar)
      stepped(secondsSince(from))
      return verdict
    },
    warmUp: bar => pipeline.warmUp(bar),
    save: () => pipeline.save(),
    load: state => pipeline.load(state),
  }
}

const secondsSince = (from: number) => (performance.now() - from) / secondMs
