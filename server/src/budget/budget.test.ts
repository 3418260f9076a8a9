import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { type BudgetsParts, openBudgets } from './budget.ts'

function parts(change: Partial<BudgetsParts> = {}) {
  const told: number[] = []
  let now = 0
  return {
    told,
    store: memoryStore(),
    log: makeLog('silent'),
    clock: { now: () => ++now as Ms },
    changed: (budget: { alarmsPerWeek: number }) => void told.push(budget.alarmsPerWeek),
    ...change,
  }
}

test('the default is one alarm per week, a tenth of it for the feed, and is stored once', async () => {
  const given = parts()
  await openBudgets(given)
  const budgets = await openBudgets(given)
  expect(budgets.current()).toMatchObject({ alarmsPerWeek: 1, feedShare: 0.1 })
  expect(await budgets.history()).toHaveLength(1)
})

test('a change is stored before it takes effect and is published; the same again changes nothing; it survives a restart', async () => {
  const given = parts()
  const budgets = await openBudgets(given)
  const changed = await budgets.change({ alarmsPerWeek: 2, note: 'Too quiet.' })
  expect(budgets.current()).toEqual(changed)
  expect(await budgets.change({ alarmsPerWeek: 2, note: 'Again.' })).toEqual(changed)
  expect((await budgets.history()).map(one => [one.alarmsPerWeek, one.note])).toEqual([
    [2, 'Too quiet.'],
    [1, 'The first budget.'],
  ])
  expect(given.told).toEqual([1, 2])
  expect((await openBudgets(given)).current()).toEqual(changed)
})

test('a different budget in the environment is a change at the start', async () => {
  const given = parts()
  await (await openBudgets(given)).change({ alarmsPerWeek: 2, note: '' })
  const budgets = await openBudgets({ ...given, alarmsPerWeek: 3 })
  expect(budgets.current()).toMatchObject({ alarmsPerWeek: 3, feedShare: 0.1 })
  await openBudgets({ ...given, alarmsPerWeek: 3 })
  expect(await budgets.history()).toHaveLength(3)
  expect((await openBudgets({ ...given, feedShare: 0 })).current()).toMatchObject({ alarmsPerWeek: 3, feedShare: 0 })
})

test('a change that the database does not store does not take effect', async () => {
  const given = parts()
  const budgets = await openBudgets(given)
  given.store.addBudget = () => Promise.reject(new Error('disk full'))
  await expect(budgets.change({ alarmsPerWeek: 5, note: '' })).rejects.toThrow('disk full')
  expect(budgets.current().alarmsPerWeek).toBe(1)
  expect(given.told).toEqual([1])
})
