import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { type Budgets, shownBudget } from './budget.ts'

/** `/api/budget`: the alarm budget and its history. */
export function budget(budgets: Budgets): Router {
  const answer = async () => ({
    ...shownBudget(budgets.current()),
    history: (await budgets.history()).map(shownBudget),
  })
  const router = Router()
  handle(router, 'GET /api/budget', answer)
  handle(router, 'PUT /api/budget', async ({ body }) => {
    await budgets.change(body)
    return answer()
  })
  return router
}
