import { formatInterval } from '@candlewatch/core/interval'
import { Router } from 'express'
import { parsed } from '../http/problem.ts'
import { feedsQuery } from './feed-schemas.ts'
import type { Feeds } from './feeds.ts'

/** `GET /api/feeds`: whether bars come when they are due, and what was wrong with those that came. */
export function feeds(of: Feeds): Router {
  return Router().get('/api/feeds', (request, response) => {
    const { market, interval } = parsed(feedsQuery, request.query, 'ERR_QUERY_INVALID')
    const wanted = interval && formatInterval(interval)
    response.json({
      feeds: of.list().filter(feed => (!market || feed.market === market) && (!wanted || feed.interval === wanted)),
    })
  })
}
