import type { Clock } from '@candlewatch/core/clock'
import { dayMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { Job } from '../jobs/job-runner.ts'

/** The settings of retention. */
export interface RetentionParts {
  readonly days: number
  /** Drops the calendar years that ended before a time, and resolves to them. */
  dropYears(before: Ms): Promise<readonly number[]>
  readonly clock: Clock
}

/** The job that drops the years that ended more than `days` ago, every day. */
export function retentionJob({ days, dropYears, clock }: RetentionParts): Job {
  return {
    name: 'retention',
    schedule: '17 0 * * *',
    firstRun: 'at once',
    ifMissed: 'run',
    async run() {
      const years = await dropYears((clock.now() - days * dayMs) as Ms)
      if (years.length === 0) return `No year ended more than ${days} days ago.`
      return `Bars and verdicts of ${years.join(', ')} were dropped.`
    },
  }
}
