import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { keptRehearsals } from './kept-rehearsals.ts'
import { makeRehearsal } from './rehearsal.ts'
import type { Settings } from './settings.ts'

/** `GET /api/rehearsal`: the alarms of past bars under another budget; changes nothing. */
export function rehearsal(store: VerdictStore & ScoreStore, settings: Pick<Settings, 'budgetOf'>): Router {
  const rehearse = keptRehearsals(
    makeRehearsal(store, settings),
    async asked => `${await store.lastSeq(asked)} ${settings.budgetOf(asked).feedShare}`,
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
