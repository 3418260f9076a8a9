import { formatInterval } from '@candlewatch/core/interval'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Feeds } from './feeds.ts'

/** `GET /api/feeds`: the health of feeds. */
export function feeds(of: Feeds): Router {
  const router = Router()
  handle(router, 'GET /api/feeds', ({ query: { market, interval } }) => {
    const wanted = interval && formatInterval(interval)
    return {
      feeds: of.list().filter(feed => (!market || feed.market === market) && (!wanted || feed.interval === wanted)),
    }
  })
  return router
}
