import type { CorrectionStore } from '@candlewatch/adapters/stores/corrections'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { Router } from 'express'
import { jsonBody } from '../http/json-body.ts'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { rangeQuery } from '../http/schemas.ts'
import { correctionInput, shownCorrection, withdrawnQuery } from './correction-schemas.ts'
import type { Live } from './live.ts'
import { checkRow } from './row-check.ts'

/** `/api/corrections`: other numbers for bars that were judged, and what became of their verdicts. */
export function corrections(live: Live, store: CorrectionStore, clock: Clock): Router {
  return Router()
    .post('/api/corrections', jsonBody('16kb'), async (request, response) => {
      const { reason, ...row } = parsed(correctionInput, request.body, 'ERR_CORRECTION_INVALID')
      const stream = { market: row.market, intervalMs: row.interval }
      const { correction, verdicts } = await live.correct(stream, checkRow(row, clock.now()), reason)
      response.status(correction ? 201 : 200).json({
        correction: correction && shownCorrection(correction),
        verdict: verdicts[0] && verdictAnswer(verdicts[0]),
        judgedAgain: correction ? verdicts.length : 0,
      })
    })
    .get('/api/corrections/:id', async (request, response) => {
      const { limit } = parsed(withdrawnQuery, request.query, 'ERR_QUERY_INVALID')
      const id = /^\d{1,15}$/.test(request.params.id) ? Number(request.params.id) : 0
      const found = await store.correction(id, limit)
      if (!found) {
        const message = `There is no correction ${request.params.id}. GET /api/corrections lists those that there are.`
        throw new CandlewatchError('ERR_NOT_FOUND', message)
      }
      response.json({ correction: shownCorrection(found.correction), withdrawn: found.verdicts.map(verdictAnswer) })
    })
    .get('/api/corrections', async (request, response) => {
      const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
      const found = await store.corrections(rangeOf(query))
      const { page, nextCursor } = pageOf(found, query.limit, ({ after }) => after.ts - query.interval)
      response.json({ corrections: page.map(shownCorrection), nextCursor })
    })
}
