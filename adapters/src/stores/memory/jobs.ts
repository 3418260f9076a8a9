import type { Ms } from '@candlewatch/core/types'
import { type JobRecord, type JobStore, overdueMs } from '../jobs.ts'

interface Row extends Omit<JobRecord, 'isRunning' | 'isOverdue'> {
  readonly attempt: number
  readonly leaseUntil: number | null
}

/** The jobs in memory. */
export function memoryJobs(now: () => Ms = () => Date.now() as Ms): JobStore {
  const rows = new Map<string, Row>()
  /** The row of a claim that still holds. */
  const held = (name: string, attempt: number) => {
    const row = rows.get(name)
    return row && row.attempt === attempt && row.leaseUntil !== null ? row : null
  }

  return {
    async planJob({ name, schedule, nextRun }) {
      const row = rows.get(name) ?? { ...blank, name, schedule, nextRun }
      const isMoved = row.schedule !== schedule && row.leaseUntil === null
      rows.set(name, isMoved ? { ...row, schedule, nextRun } : row)
    },
    async claimJob(name, { by, leaseMs, graceMs, skipTo }) {
      const row = rows.get(name)
      if (!row || row.nextRun > now() || (row.leaseUntil !== null && row.leaseUntil > now())) return null
      const isMissed = row.leaseUntil === null && row.nextRun < now() - graceMs
      const missed = isMissed ? { missed: row.missed + 1, missedAt: row.nextRun } : {}
      const attempt = row.attempt + 1
      const found = { dueAt: row.nextRun, isMissed, cutOff: row.leaseUntil === null ? null : row.runBy }
      if (isMissed && skipTo !== null) {
        rows.set(name, { ...row, ...missed, attempt, nextRun: skipTo })
        return { ...found, attempt: null }
      }
      rows.set(name, { ...row, ...missed, attempt, runBy: by, startedAt: now(), leaseUntil: now() + leaseMs })
      return { ...found, attempt }
    },
    async renewJob(name, attempt, leaseMs) {
      const row = held(name, attempt)
      if (row) rows.set(name, { ...row, leaseUntil: now() + leaseMs })
      return row !== null
    },
    async endJob(name, attempt, { outcome, result, nextRun }) {
      const row = held(name, attempt)
      if (row) rows.set(name, { ...row, leaseUntil: null, endedAt: now(), outcome, result, nextRun })
      return row !== null
    },
    async releaseJob(name, attempt) {
      const row = held(name, attempt)
      if (row) rows.set(name, { ...row, leaseUntil: null })
    },
    async jobs() {
      return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(recordOf)
    },
  }

  function recordOf({ attempt, leaseUntil, ...job }: Row): JobRecord {
    return { ...job, isRunning: leaseUntil !== null, isOverdue: (leaseUntil ?? job.nextRun) < now() - overdueMs }
  }
}

const blank = {
  attempt: 0,
  leaseUntil: null,
  runBy: null,
  startedAt: null,
  endedAt: null,
  outcome: null,
  result: null,
  missed: 0,
  missedAt: null,
} as const
