import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Settings } from './settings.ts'
import { shownBudget } from './shown.ts'

/** `/api/budget`: the alarm budget for all streams and its history. */
export function budget(settings: Pick<Settings, 'general' | 'generalHistory' | 'changeGeneral'>): Router {
  const answer = async () => ({
    ...shownBudget(settings.general()),
    history: (await settings.generalHistory()).map(shownBudget),
  })

  const router = Router()
  handle(router, 'GET /api/budget', answer)
  handle(router, 'PUT /api/budget', async ({ body }) => {
    await settings.changeGeneral(body)
    return answer()
  })
  return router
}
