import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { openOf } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'
import { mapInTurns } from '../platform/turns.ts'

/** `GET /api/verdicts`: a page of verdicts, and `lastEventId`, after which `/api/stream` continues with nothing lost or sent twice. */
export function verdicts(store: VerdictStore): Router {
  const router = Router()
  handle(router, 'GET /api/verdicts', async ({ query }, { request }) => {
    request.held.rows(query.limit)
    // Read first: what is committed between the two reads is then on the page or comes by the stream.
    const before = await store.lastSeq({ market: query.market, intervalMs: query.interval })
    const rows = await store.verdicts(rangeOf(query))
    const { page, nextCursor } = pageOf(rows, query.limit, ({ verdict }) => openOf(verdict, query.interval))
    return {
      verdicts: await mapInTurns(page, ({ verdict }) => verdictAnswer(verdict)),
      nextCursor,
      lastEventId: String(Math.max(before, ...page.map(({ seq }) => seq))),
    }
  })
  return router
}
