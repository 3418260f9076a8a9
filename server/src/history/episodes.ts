import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { Router } from 'express'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { rangeQuery } from '../http/schemas.ts'

/** `GET /api/episodes`: alarms that belong together, oldest first. `limit` counts alarms. */
export function episodes(store: VerdictStore): Router {
  return Router().get('/api/episodes', async (request, response) => {
    const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
    const range = rangeOf(query)
    const alarms = await store.anomalies(range)
    const { page, nextCursor } = pageOf(alarms, query.limit, ({ verdict }) => verdict.ts - query.interval)
    // The newest bar of the range tells whether the last episode is over.
    const newest = await store.verdicts({ ...range, limit: 1 })
    const quiet = newest.filter(({ verdict }) => !verdict.isAnomaly)
    const found = episodesOf([...page, ...quiet].map(({ verdict }) => verdict))
    response.json({ episodes: found.map(episodeAnswer), nextCursor })
  })
}
