import type { Store } from '@candlewatch/adapters/stores/store'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import type { Pipeline } from '@candlewatch/core/types'
import type { CurrentModel, Live } from '../judging/live.ts'
import type { Metrics } from './metrics.ts'

/** The same, its rows counted as they come and as they end. */
export function meteredLive(live: Live, { received }: Pick<Metrics, 'received'>): Live {
  return {
    ...live,
    async answer(stream, bars) {
      const ended = received({ market: stream.market, interval: formatInterval(stream.intervalMs) }, bars.length)
      try {
        const answer = await live.answer(stream, bars)
        ended('answered')
        return answer
      } catch (error) {
        // Of a bar: the row is at fault. Anything else is ours, or the database's.
        ended(error instanceof CandlewatchError && error.code.startsWith('ERR_BAR_') ? 'refused' : 'failed')
        throw error
      }
    },
  }
}

/** The same, its commits timed. */
export function meteredStore(store: Store, { committed }: Pick<Metrics, 'committed'>): Store {
  const commit: Store['commit'] = async (...args) => {
    const from = performance.now()
    const seqs = await store.commit(...args)
    committed((performance.now() - from) / 1_000)
    return seqs
  }
  // Not a copy: what a store reads of itself, such as its pool, would stand still in one.
  return Object.assign(Object.create(store) as Store, { commit })
}

/** The same, the steps of its engines timed; those that bring an engine back after a restart too. */
export function meteredModel(model: CurrentModel, metrics: Pick<Metrics, 'stepped'>): CurrentModel {
  return { ...model, makePipeline: stream => timed(model.makePipeline(stream), metrics) }
}

function timed(pipeline: Pipeline, { stepped }: Pick<Metrics, 'stepped'>): Pipeline {
  const step = pipeline.step.bind(pipeline)
  pipeline.step = bar => {
    const from = performance.now()
    const verdict = step(bar)
    stepped((performance.now() - from) / 1_000)
    return verdict
  }
  return pipeline
}
