import type { Clock } from '@candlewatch/core/clock'
import { dayMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { Log } from '../platform/log.ts'

/** The settings of retention. */
export interface RetentionParts {
  /** undefined: everything is kept. */
  readonly days: number | undefined
  /** Drops the calendar years that ended before a time, and resolves to them. */
  dropYears(before: Ms): Promise<readonly number[]>
  readonly clock: Clock
  readonly log: Log
}

/** Drops the years that ended more than `days` ago: now, and again every day. Returns the function that stops it. */
export function startRetention({ days, dropYears, clock, log }: RetentionParts): () => Promise<void> {
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
      const years = await dropYears(before)
      for (const year of years) log.info({ year, retentionDays: keptDays }, `bars and verdicts of ${year} were dropped`)
    } catch (err) {
      log.warn({ err }, 'no year was dropped; the next attempt is tomorrow')
    }
  }
}
