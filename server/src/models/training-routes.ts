import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { TrainingOutlook } from '@candlewatch/api/training'
import { CandlewatchError } from '@candlewatch/core/errors'
import { rowsWanted } from '@candlewatch/core/forecast/dataset'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { ModelRegistry } from './model-registry.ts'
import type { Trainings } from './trainings.ts'
import { streamOf } from './trial.ts'

/** `/api/training`: the training under way or the last one, what the next one would learn from, and how to start and cancel one. */
export function training(store: BarStore, registry: ModelRegistry, trainings: Trainings): Router {
  const router = Router()
  handle(router, 'GET /api/training', async () => ({ ...trainings.current(), next: await outlook(store, registry) }))
  handle(router, 'DELETE /api/training', async () => {
    await trainings.cancel()
    return trainings.current()
  })
  handle(router, 'POST /api/models/retrain', async ({ body: { size } }) => {
    const { refusal } = await outlook(store, registry)
    if (refusal !== null && trainings.current().state !== 'running') {
      throw new CandlewatchError('ERR_TRAINING_SHORT', refusal)
    }
    trainings.start(size)
    return trainings.current()
  })
  return router
}

async function outlook(store: BarStore, registry: ModelRegistry): Promise<TrainingOutlook> {
  const champion = registry.champion()
  const { name, market, interval, network } = champion.manifest
  const own = streamOf(champion)
  const isOwn = (one: Stream) => own === null || (one.market === own.market && one.intervalMs === own.intervalMs)
  const stored = (await store.streams()).filter(isOwn)
  const wanted = rowsWanted(network.lookback)
  const bars = stored.reduce((sum, one) => sum + one.bars, 0)
  // A training of every stream refuses one that is too short, so that none is left out unseen.
  const shortest = stored.reduce((least, one) => Math.min(least, one.bars), bars)
  const of = own === null ? 'each stream' : `${market}, ${interval}`
  return {
    model: name,
    market: own?.market ?? null,
    interval,
    rowsWanted: wanted,
    rows:
      stored.length === 0
        ? null
        : {
            bars,
            from: isoDate(Math.min(...stored.map(one => one.firstOpenMs))),
            to: isoDate(Math.max(...stored.map(one => one.lastOpenMs))),
          },
    refusal:
      shortest >= wanted
        ? null
        : `Expected at least ${wanted} stored bars of ${of}, to learn from, found ${shortest}. A version is trained for its own market. Add more rows of that market.`,
  }
}
