import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { openOf } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'

/** `GET /api/episodes`: alarms that belong together, oldest first. `limit` counts alarms. */
export function episodes(store: VerdictStore): Router {
  const router = Router()
  handle(router, 'GET /api/episodes', async ({ query }) => {
    const range = rangeOf(query)
    const alarms = await store.anomalies(range)
    const { page, nextCursor } = pageOf(alarms, query.limit, ({ verdict }) => openOf(verdict, query.interval))
    // The newest bar of the range tells whether the last episode is over.
    const newest = await store.verdicts({ ...range, limit: 1 })
    const quiet = newest.filter(({ verdict }) => !verdict.isAnomaly)
    const found = episodesOf([...page, ...quiet].map(({ verdict }) => verdict))
    return { episodes: found.map(episodeAnswer), nextCursor }
  })
  return router
}
