import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { shownBar } from '../http/schemas.ts'
import { barsQuery } from './candle-schemas.ts'

/** `GET /api/bars`: what was observed, oldest first; without a cursor the newest rows of the range, or all of it as candles. */
export function bars(store: BarStore): Router {
  return Router().get('/api/bars', async (request, response) => {
    const { points, ...query } = parsed(barsQuery, request.query, 'ERR_QUERY_INVALID')
    const { market } = query
    if (points !== undefined) {
      const { widthMs, candles } = await store.candles({ ...rangeOf(query), points })
      const shown = candles.map(candle => {
        const { bars, anomalies, faults, openMs } = candle
        const of = { market, interval: formatInterval(widthMs), date: isoDate(openMs) }
        return { ...shownBar(candle, of), bars, anomalies, faults }
      })
      response.json({ bars: shown, nextCursor: null })
      return
    }
    const interval = formatInterval(query.interval)
    const { page, nextCursor } = pageOf(await store.bars(rangeOf(query)), query.limit, bar => bar.ts - query.interval)
    response.json({
      bars: page.map(bar => shownBar(bar, { market, interval, date: isoDate(bar.ts - query.interval) })),
      nextCursor,
    })
  })
}
