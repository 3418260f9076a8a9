import type { Store } from '@candlewatch/adapters/stores/store'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'
import { pageOf, rangeOf } from './pages.ts'
import { parsed } from './problem.ts'
import { rangeQuery, shownBar } from './schemas.ts'

/** `GET /api/bars`: what was observed, oldest first; without a cursor the newest rows of the range. */
export function bars(store: Store): Router {
  return Router().get('/api/bars', async (request, response) => {
    const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
    const interval = formatInterval(query.interval)
    const { page, nextCursor } = pageOf(await store.bars(rangeOf(query)), query.limit, bar => bar.ts - query.interval)
    response.json({
      bars: page.map(bar => shownBar(bar, { market: bar.market, interval, date: isoDate(bar.ts - query.interval) })),
      nextCursor,
    })
  })
}
