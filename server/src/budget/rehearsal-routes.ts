import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Budgets } from './budget.ts'
import { keptRehearsals } from './kept-rehearsals.ts'
import { makeRehearsal } from './rehearsal.ts'

/** `GET /api/rehearsal`: the alarms of past bars under another budget; changes nothing. */
export function rehearsal(store: VerdictStore & ScoreStore, budgets: Budgets): Router {
  const rehearse = keptRehearsals(
    makeRehearsal(store, budgets),
    async asked => `${await store.lastSeq(asked)} ${budgets.current().feedShare}`,
  )
  const router = Router()
  handle(router, 'GET /api/rehearsal', ({ query: { market, interval, alarmsPerWeek, from, to } }, { response }) =>
    rehearse(
      { market, intervalMs: interval, fromMs: from ?? null, toMs: to ?? null, alarmsPerWeek },
      () => !response.destroyed,
    ),
  )
  return router
}
