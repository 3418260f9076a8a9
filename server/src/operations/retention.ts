import type { PostgresStore } from '@candlewatch/adapters/stores/postgres/store'
import type { Clock } from '@candlewatch/core/clock'
import type { Ms } from '@candlewatch/core/types'
import type { Log } from '../platform/log.ts'

const dayMs = 86_400_000

export interface RetentionParts {
  /** undefined: everything is kept. */
  readonly days: number | undefined
  readonly store: Pick<PostgresStore, 'dropYears'>
  readonly clock: Clock
  readonly log: Log
}

/** Drops the years that are over and long learned of, at once and then every day. Returns what ends it. */
export function startRetention({ days, store, clock, log }: RetentionParts): () => Promise<void> {
  if (days === undefined) return async () => {}
  const keptDays = days
  let running = drop()
  const timer = setInterval(() => {
    running = drop()
  }, dayMs)
  return async () => {
    clearInterval(timer)
    await running
  }

  async function drop(): Promise<void> {
    const before = (clock.now() - keptDays * dayMs) as Ms
    try {
      const years = await store.dropYears(before)
      for (const year of years)
        log.info({ year, retentionDays: keptDays }, `bars, verdicts and forecasts of ${year} are dropped`)
    } catch (err) {
      log.warn({ err }, 'no year was dropped; it is tried again tomorrow')
    }
  }
}
