import type { EpisodeStore } from '@candlewatch/adapters/stores/verdicts'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'

/** `GET /api/episodes`: alarms that belong together, oldest first. */
export function episodes(store: EpisodeStore): Router {
  const router = Router()
  handle(router, 'GET /api/episodes', async ({ query }) => {
    const found = await store.episodes(rangeOf(query))
    const { page, nextCursor } = pageOf(found, query.limit, ({ start }) => Date.parse(start))
    return { episodes: page.map(episodeAnswer), nextCursor }
  })
  return router
}
