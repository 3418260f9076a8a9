import type { BudgetRecord, BudgetStore } from '@candlewatch/adapters/stores/budgets'
import {
  type SettingsStore,
  type StreamSettings,
  type StreamSettingsRecord,
  usualSettings,
} from '@candlewatch/adapters/stores/settings'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamKey } from '@candlewatch/core/time'
import { type Change, changed } from '../platform/change.ts'
import type { Log } from '../platform/log.ts'
import { makeQueue } from '../platform/queue.ts'

/** The budget that the next bar of a stream is judged by. */
export interface BudgetInForce {
  readonly alarmsPerWeek: number
  /** The feed lane's share of it. */
  readonly feedShare: number
}

/**
 * The alarm budget for all streams, and what is set for single ones. Changes are made one at a time; each is stored before it
 * takes effect, and counts from the next bar.
 */
export interface Settings {
  /** The budget for all streams that have none of their own. */
  general(): BudgetRecord
  /** All general budgets, newest first. */
  generalHistory(): Promise<readonly BudgetRecord[]>
  /** Puts a general budget in force and resolves to it. The current budget again changes nothing. */
  changeGeneral(change: Pick<BudgetRecord, 'alarmsPerWeek' | 'note'>): Promise<BudgetRecord>
  /** What is set for a stream. */
  of(stream: Stream): StreamSettings
  budgetOf(stream: Stream): BudgetInForce
  /** All settings that a stream had, newest first. */
  history(stream: Stream): Promise<readonly StreamSettingsRecord[]>
  /** Changes settings of a stream; those that are left out stay. The same again changes nothing. Throws ERR_SETTINGS_INVALID. */
  change(stream: Stream, change: SettingsChange): Promise<void>
  /** Puts in force what another server has stored, and drops the settings of deleted streams. */
  refresh(): Promise<void>
}

/** A change of a stream's settings. */
export interface SettingsChange {
  readonly settings: Change<StreamSettings>
  readonly note: string
}

/** The parts that the settings work with. */
export interface SettingsParts {
  readonly store: BudgetStore & SettingsStore
  /** The environment's settings; undefined where it has none, and the budget in force stays. */
  readonly alarmsPerWeek?: number | undefined
  readonly feedShare?: number | undefined
  /** Called with each general budget that is now in force here. */
  changed(budget: BudgetRecord): void
  /** Called with each stream whose own settings are now in force here. */
  streamChanged?(record: StreamSettingsRecord): void
  /** Called after something was stored here. */
  added?(): void
  readonly clock: Clock
  readonly log: Log
}

/** Most people accept one false alarm per week; rows get a tenth of it, since faults are rarer than moves. */
const firstBudget = { alarmsPerWeek: 1, feedShare: 0.1 }
const maxHistory = 1_000

/** Reads what is in force, or stores the first budget. */
export async function openSettings(parts: SettingsParts): Promise<Settings> {
  const { store, clock, log } = parts
  const queue = makeQueue(1_000)
  let general = await first()
  let byStream = await stored()

  const of = (stream: Stream) => byStream.get(streamKey(stream))?.settings ?? usualSettings

  return {
    general: () => general,
    generalHistory: () => store.budgets(maxHistory),
    changeGeneral: ({ alarmsPerWeek, note }) =>
      queue.add('settings', async () => {
        if (alarmsPerWeek !== general.alarmsPerWeek) general = await addGeneral({ ...general, alarmsPerWeek, note })
        return general
      }),
    of,
    budgetOf: stream => budgetOf(general, of(stream)),
    history: stream => store.settingsOf(stream, maxHistory),
    change: (stream, { settings: change, note }) =>
      queue.add('settings', async () => {
        const before = of(stream)
        const settings = changed(before, change)
        refuseBothOff(settings, change)
        if (isSame(settings, before)) return
        const { market, intervalMs } = stream
        const record = { market, intervalMs, settings, at: clock.now(), note }
        await store.addSettings(record)
        byStream.set(streamKey(stream), record)
        inForce(record)
        parts.added?.()
      }),
    refresh: () =>
      queue.add('settings', async () => {
        const [newest] = await store.budgets(1)
        if (newest && !isSame(newest, general)) {
          general = newest
          generalInForce(newest)
        }
        const before = byStream
        byStream = await stored()
        for (const [key, record] of byStream) {
          const known = before.get(key)
          if (known?.at !== record.at || !isSame(known.settings, record.settings)) inForce(record)
        }
      }),
  }

  async function stored(): Promise<Map<string, StreamSettingsRecord>> {
    return new Map((await store.allSettings()).map(record => [streamKey(record), record]))
  }

  async function first(): Promise<BudgetRecord> {
    const [newest] = await store.budgets(1)
    const { alarmsPerWeek = (newest ?? firstBudget).alarmsPerWeek, feedShare = (newest ?? firstBudget).feedShare } =
      parts
    if (newest && newest.alarmsPerWeek === alarmsPerWeek && newest.feedShare === feedShare) return newest
    const note = newest ? 'Set by the environment at startup.' : 'The first budget.'
    return addGeneral({ alarmsPerWeek, feedShare, note })
  }

  async function addGeneral(budget: Omit<BudgetRecord, 'at'>): Promise<BudgetRecord> {
    const record = { ...budget, at: clock.now() }
    await store.addBudget(record)
    generalInForce(record)
    parts.added?.()
    return record
  }

  function generalInForce(record: BudgetRecord): void {
    const { alarmsPerWeek, feedShare, note } = record
    log.info({ alarmsPerWeek, feedShare, note }, 'alarm budget set')
    parts.changed(record)
  }

  function inForce(record: StreamSettingsRecord): void {
    log.info({ stream: streamKey(record), ...record.settings, note: record.note }, 'stream settings set')
    parts.streamChanged?.(record)
  }
}

/** A lane that is off has no part of the budget, so that each verdict states by what it was judged. */
function budgetOf(general: BudgetRecord, settings: StreamSettings): BudgetInForce {
  const { alarmsPerWeek, marketLane, feedLane } = settings
  const feedShare = marketLane ? (feedLane ? general.feedShare : 0) : 1
  return { alarmsPerWeek: alarmsPerWeek ?? general.alarmsPerWeek, feedShare }
}

function refuseBothOff({ marketLane, feedLane }: StreamSettings, change: SettingsChange['settings']): void {
  if (marketLane || feedLane) return
  const message = 'Expected at least one lane, found both off. Archive the market if its rows should not be judged.'
  throw new CandlewatchError('ERR_SETTINGS_INVALID', message, {
    field: change.feedLane === false ? 'feedLane' : 'marketLane',
  })
}

/** Compares records of plain data. */
function isSame<T extends object>(a: T, b: T): boolean {
  return (Object.keys({ ...a, ...b }) as (keyof T)[]).every(name => JSON.stringify(a[name]) === JSON.stringify(b[name]))
}
