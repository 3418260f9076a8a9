import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { faultAnswer } from '@candlewatch/api/values/sentences'
import { loggedFault } from '@candlewatch/core/episode'
import { openOf } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'
import { makeQueue } from '../platform/queue.ts'

const maxWaiting = 100

/** `GET /api/faults`: feed faults, oldest first. */
export function faults(store: VerdictStore): Router {
  const router = Router()
  // One at a time: a page of faults is small, but the verdicts that it is made of take thirty times as much.
  const queue = makeQueue(maxWaiting)
  handle(router, 'GET /api/faults', ({ query }) =>
    queue.add('faults', async () => {
      const rows = await store.faults(rangeOf(query))
      const { page, nextCursor } = pageOf(rows, query.limit, ({ verdict }) => openOf(verdict, query.interval))
      return { faults: page.map(({ verdict }) => faultAnswer(loggedFault(verdict))), nextCursor }
    }),
  )
  return router
}
