import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { CandlewatchError } from '@candlewatch/core/errors'
import { rowsWanted } from '@candlewatch/core/forecast/dataset'
import { isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'
import type { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import type { Models } from './models.ts'
import type { Retrain } from './retrain.ts'
import { trainingInput, type trainingOutlook } from './training-schemas.ts'
import { streamOf } from './trial.ts'

type Outlook = z.output<typeof trainingOutlook>

/** `/api/training`: the training under way or the last one, what a next one would learn from, and how to start and end one. */
export function training(store: BarStore, registry: Models, retrain: Retrain): Router {
  return Router()
    .get('/api/training', async (_request, response) => {
      response.json({ ...retrain.training(), next: await outlook(store, registry) })
    })
    .delete('/api/training', async (_request, response) => {
      await retrain.cancel()
      response.json(retrain.training())
    })
    .post('/api/models/retrain', jsonBody('16kb'), async (request, response) => {
      const { size } = parsed(trainingInput, request.body, 'ERR_BODY_SHAPE')
      const { refusal } = await outlook(store, registry)
      if (refusal !== null && retrain.training().state !== 'running') {
        throw new CandlewatchError('ERR_TRAINING_SHORT', refusal)
      }
      retrain.start(size)
      response.status(202).json(retrain.training())
    })
}

async function outlook(store: BarStore, registry: Models): Promise<Outlook> {
  const champion = registry.champion()
  const { name, market, interval, network } = champion.manifest
  const { intervalMs } = streamOf(champion)
  const stored = (await store.streams()).find(one => one.market === market && one.intervalMs === intervalMs)
  const wanted = rowsWanted(network.lookback)
  const bars = stored?.bars ?? 0
  return {
    ...{ model: name, market, interval, rowsWanted: wanted },
    rows: stored ? { bars, from: isoDate(stored.firstOpenMs), to: isoDate(stored.lastOpenMs) } : null,
    refusal:
      bars >= wanted
        ? null
        : `Expected at least ${wanted} stored bars of ${market}, ${interval}, to learn from, found ${bars}. A version is trained for its own market: let more rows of that one come in.`,
  }
}
