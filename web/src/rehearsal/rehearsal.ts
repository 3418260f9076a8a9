/** Budgets that the slider stops at: a hand wants fine steps below one a week and coarse ones above. */
export const budgets = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 14, 21] as const

/** The stop nearest to a budget, which may lie between two. */
export function nearestStop(alarmsPerWeek: number): number {
  const distance = (budget: number) => Math.abs(Math.log(budget / alarmsPerWeek))
  return budgets.reduce<number>(
    (best, budget, index) => (distance(budget) < distance(budgets[best]!) ? index : best),
    0,
  )
}
