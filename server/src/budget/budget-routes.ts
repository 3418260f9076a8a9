import { Router } from 'express'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import { type Budgets, shownBudget } from './budget.ts'
import { budgetChange } from './budget-schemas.ts'

/** `/api/budget`: how many alarms a week are allowed, and how many were. */
export function budget(budgets: Budgets): Router {
  const answer = async () => ({
    ...shownBudget(budgets.current()),
    history: (await budgets.history()).map(shownBudget),
  })
  return Router()
    .get('/api/budget', async (_request, response) => {
      response.json(await answer())
    })
    .put('/api/budget', jsonBody('16kb'), async (request, response) => {
      await budgets.change(parsed(budgetChange, request.body, 'ERR_BUDGET_INVALID'))
      response.json(await answer())
    })
}
