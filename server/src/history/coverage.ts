import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { HistoryStore } from '@candlewatch/adapters/stores/history'
import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { Router } from 'express'
import { parsed } from '../http/problem.ts'
import { coverageQuery, shownCoverage } from './coverage-schemas.ts'

/** Anyone who may post can name a market: beyond this, say which. */
const mostStreams = 100

/** `GET /api/coverage`: what there is of each stream, judged or imported alone, and what is missing. */
export function coverage(store: HistoryStore & BarStore): Router {
  return Router().get('/api/coverage', async (request, response) => {
    const { market, interval, points, gaps } = parsed(coverageQuery, request.query, 'ERR_QUERY_INVALID')
    const wanted = (await streamsOf(store)).filter(
      stream => (!market || stream.market === market) && (!interval || stream.intervalMs === interval),
    )
    const shown = []
    for (const stream of wanted.slice(0, mostStreams)) {
      shown.push(shownCoverage(stream, await store.coverage({ ...stream, points, mostGaps: gaps })))
    }
    response.json({ coverage: shown, moreStreams: wanted.length > mostStreams })
  })
}

async function streamsOf(store: HistoryStore & BarStore): Promise<readonly Stream[]> {
  const all = [...(await store.streams()), ...(await store.historyStreams())]
  const byName = new Map(
    all.map(({ market, intervalMs }) => [`${market} ${formatInterval(intervalMs)}`, { market, intervalMs }]),
  )
  return [...byName.values()].sort((a, b) => a.market.localeCompare(b.market) || a.intervalMs - b.intervalMs)
}
