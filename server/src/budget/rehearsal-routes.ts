import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Budgets } from './budget.ts'
import { makeRehearsal } from './rehearsal.ts'

/** `GET /api/rehearsal`: the alarms of past bars under another budget; changes nothing. */
export function rehearsal(store: VerdictStore & ScoreStore, budgets: Budgets): Router {
  const rehearse = makeRehearsal(store, budgets)
  const router = Router()
  handle(router, 'GET /api/rehearsal', ({ query: { market, interval, alarmsPerWeek, from, to } }) =>
    rehearse({ market, intervalMs: interval, fromMs: from ?? null, toMs: to ?? null, alarmsPerWeek }),
  )
  return router
}
