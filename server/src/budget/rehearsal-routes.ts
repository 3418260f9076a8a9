import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { Router } from 'express'
import { parsed } from '../http/problem.ts'
import type { Budgets } from './budget.ts'
import { rehearsalQuery } from './budget-schemas.ts'
import { makeRehearsal } from './rehearsal.ts'

/** `GET /api/rehearsal`: what another budget would have made of the past; changes nothing. */
export function rehearsal(store: VerdictStore & ScoreStore, budgets: Budgets): Router {
  const rehearse = makeRehearsal(store, budgets)
  return Router().get('/api/rehearsal', async (request, response) => {
    const { market, interval, alarmsPerWeek, from, to } = parsed(rehearsalQuery, request.query, 'ERR_QUERY_INVALID')
    const range = { fromMs: from ?? null, toMs: to ?? null }
    response.json(await rehearse({ market, intervalMs: interval, ...range, alarmsPerWeek }))
  })
}
