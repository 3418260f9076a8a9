import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { TrainingOutlook } from '@candlewatch/api/training'
import { CandlewatchError } from '@candlewatch/core/errors'
import { rowsWanted } from '@candlewatch/core/forecast/dataset'
import { isoDate } from '@candlewatch/core/interval'
import type { Market } from '@candlewatch/core/types'
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
  const { intervalMs } = streamOf(champion)
  const stored = (await store.streams()).find(one => one.market === market && one.intervalMs === intervalMs)
  const wanted = rowsWanted(network.lookback)
  const bars = stored?.bars ?? 0
  return {
    model: name,
    market: market as Market,
    interval,
    rowsWanted: wanted,
    rows: stored ? { bars, from: isoDate(stored.firstOpenMs), to: isoDate(stored.lastOpenMs) } : null,
    refusal:
      bars >= wanted
        ? null
        : `Expected at least ${wanted} stored bars of ${market}, ${interval}, to learn from, found ${bars}. A version is trained for its own market. Add more rows of that market.`,
  }
}
