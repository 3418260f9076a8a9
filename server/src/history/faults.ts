import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { faultAnswer } from '@candlewatch/api/values/sentences'
import { loggedFault } from '@candlewatch/core/decide/faults'
import { Router } from 'express'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { rangeQuery } from '../http/schemas.ts'

/** `GET /api/faults`: rows that were not believed, oldest first. */
export function faults(store: VerdictStore): Router {
  return Router().get('/api/faults', async (request, response) => {
    const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
    const rows = await store.faults(rangeOf(query))
    const { page, nextCursor } = pageOf(rows, query.limit, ({ verdict }) => verdict.ts - query.interval)
    response.json({ faults: page.map(({ verdict }) => faultAnswer(loggedFault(verdict))), nextCursor })
  })
}
