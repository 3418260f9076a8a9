import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { Router } from 'express'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { rangeQuery } from '../http/schemas.ts'

/** `GET /api/verdicts`: as `/api/bars`, and `lastEventId`, after which `/api/stream` goes on with nothing lost or doubled. */
export function verdicts(store: VerdictStore): Router {
  return Router().get('/api/verdicts', async (request, response) => {
    const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
    // Read first: what is committed between the two reads is then on the page or comes by the stream.
    const before = await store.lastSeq()
    const rows = await store.verdicts(rangeOf(query))
    const { page, nextCursor } = pageOf(rows, query.limit, ({ verdict }) => verdict.ts - query.interval)
    response.json({
      verdicts: page.map(({ verdict }) => verdictAnswer(verdict)),
      nextCursor,
      lastEventId: String(Math.max(before, ...page.map(({ seq }) => seq))),
    })
  })
}
