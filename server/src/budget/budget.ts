import type { BudgetRecord, BudgetStore } from '@candlewatch/adapters/stores/budgets'
import type { BudgetRecord as ShownBudget } from '@candlewatch/api/budget'
import type { Clock } from '@candlewatch/core/clock'
import type { Log } from '../platform/log.ts'
import { makeQueue } from '../platform/queue.ts'

/** The alarm budget, for all streams. Changes are made one at a time; each is stored before it takes effect. */
export interface Budgets {
  /** The budget in force: every bar from now on is judged by it. */
  current(): BudgetRecord
  /** All budgets, newest first. */
  history(): Promise<readonly BudgetRecord[]>
  /** Puts a budget in force and resolves to it. The current budget again changes nothing. */
  change(change: Pick<BudgetRecord, 'alarmsPerWeek' | 'note'>): Promise<BudgetRecord>
  /** Puts the budget in force that another server has stored, if there is one. */
  refresh(): Promise<void>
}

/** The parts that the alarm budget works with. */
export interface BudgetsParts {
  readonly store: BudgetStore
  /** The environment's settings; undefined where it has none, and the budget in force stays. */
  readonly alarmsPerWeek?: number | undefined
  readonly feedShare?: number | undefined
  /** Called with each budget that is now in force here. */
  changed(budget: BudgetRecord): void
  /** Called after a budget was stored here. */
  added?(): void
  readonly clock: Clock
  readonly log: Log
}

/** Most people accept one false alarm per week; rows get a tenth of it, since faults are rarer than moves. */
const firstBudget = { alarmsPerWeek: 1, feedShare: 0.1 }
const maxHistory = 1_000

/** Reads the budget in force, or stores the first one. */
export async function openBudgets(parts: BudgetsParts): Promise<Budgets> {
  const { store, clock, log } = parts
  const queue = makeQueue(1_000)
  let current = await first()

  return {
    current: () => current,
    history: () => store.budgets(maxHistory),
    change: ({ alarmsPerWeek, note }) =>
      queue.add('budget', async () => {
        if (alarmsPerWeek !== current.alarmsPerWeek) current = await add({ ...current, alarmsPerWeek, note })
        return current
      }),
    refresh: () =>
      queue.add('budget', async () => {
        const [newest] = await store.budgets(1)
        if (!newest || isSame(newest, current)) return
        current = newest
        inForce(newest)
      }),
  }

  async function first(): Promise<BudgetRecord> {
    const [newest] = await store.budgets(1)
    const { alarmsPerWeek = (newest ?? firstBudget).alarmsPerWeek, feedShare = (newest ?? firstBudget).feedShare } =
      parts
    if (newest && newest.alarmsPerWeek === alarmsPerWeek && newest.feedShare === feedShare) return newest
    const note = newest ? 'Set by the environment at startup.' : 'The first budget.'
    return add({ alarmsPerWeek, feedShare, note })
  }

  async function add(budget: Omit<BudgetRecord, 'at'>): Promise<BudgetRecord> {
    const record = { ...budget, at: clock.now() }
    await store.addBudget(record)
    inForce(record)
    parts.added?.()
    return record
  }

  function inForce(record: BudgetRecord): void {
    const { alarmsPerWeek, feedShare, note } = record
    log.info({ alarmsPerWeek, feedShare, note }, 'alarm budget set')
    parts.changed(record)
  }
}

const isSame = (a: BudgetRecord, b: BudgetRecord) =>
  a.alarmsPerWeek === b.alarmsPerWeek && a.feedShare === b.feedShare && a.at === b.at

/** A budget as the API shows it. */
export function shownBudget({ alarmsPerWeek, feedShare, at, note }: BudgetRecord): ShownBudget {
  return { alarmsPerWeek, feedShare, since: new Date(at).toISOString(), note }
}
