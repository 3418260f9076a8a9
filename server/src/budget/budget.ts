import type { BudgetRecord, BudgetStore } from '@candlewatch/adapters/stores/budgets'
import type { Clock } from '@candlewatch/core/clock'
import type { Log } from '../platform/log.ts'
import { makeQueue } from '../platform/queue.ts'

/** The budget of alarms, for all streams. Changes come one at a time, each stored before it takes effect. */
export interface Budgets {
  /** In force: every bar from now on is judged by it. */
  current(): BudgetRecord
  /** Newest first. */
  history(): Promise<readonly BudgetRecord[]>
  /** The budget in force itself is answered as it is. */
  change(change: Pick<BudgetRecord, 'alarmsPerWeek' | 'note'>): Promise<BudgetRecord>
}

export interface BudgetsParts {
  readonly store: BudgetStore
  /** What the environment says; undefined where it says nothing, and what was in force stays so. */
  readonly alarmsPerWeek?: number | undefined
  readonly feedShare?: number | undefined
  /** Told of each change after it was stored. */
  changed(budget: BudgetRecord): void
  readonly clock: Clock
  readonly log: Log
}

/** One false alarm a week is what most people will stand; a tenth of it for rows, since faults are rarer than moves. */
const usual = { alarmsPerWeek: 1, feedShare: 0.1 }
const mostShown = 1_000

export async function openBudgets(parts: BudgetsParts): Promise<Budgets> {
  const { store, clock, log } = parts
  const queue = makeQueue(1_000)
  let current = await first()

  return {
    current: () => current,
    history: () => store.budgets(mostShown),
    change: ({ alarmsPerWeek, note }) =>
      queue.add('budget', async () => {
        if (alarmsPerWeek !== current.alarmsPerWeek) current = await add({ ...current, alarmsPerWeek, note })
        return current
      }),
  }

  async function first(): Promise<BudgetRecord> {
    const [newest] = await store.budgets(1)
    const { alarmsPerWeek, feedShare } = { ...(newest ?? usual), ...given(parts) }
    if (newest && newest.alarmsPerWeek === alarmsPerWeek && newest.feedShare === feedShare) return newest
    const note = newest ? 'The environment says so since this start.' : 'The first one.'
    return add({ alarmsPerWeek, feedShare, note })
  }

  async function add(budget: Omit<BudgetRecord, 'at'>): Promise<BudgetRecord> {
    const record = { ...budget, at: clock.now() }
    await store.addBudget(record)
    const { at: _, ...said } = record
    log.info(said, 'budget of alarms set')
    parts.changed(record)
    return record
  }
}

function given({ alarmsPerWeek, feedShare }: BudgetsParts): Partial<BudgetRecord> {
  return { ...(alarmsPerWeek !== undefined && { alarmsPerWeek }), ...(feedShare !== undefined && { feedShare }) }
}
