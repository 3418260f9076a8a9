import { msOf } from '@candlewatch/core/time'
import { type JobClaim, type JobRecord, type JobStore, overdueMs } from '../jobs.ts'
import type { Connections } from './connection.ts'
import { timestamp } from './rows.ts'

/** The jobs in PostgreSQL, whose clock alone decides what is due and which lease has passed. */
export function postgresJobs({ query }: Connections): JobStore {
  return {
    async planJob({ name, schedule, nextRun }) {
      await query(upsertJob, [name, schedule, timestamp(nextRun)])
    },

    async claimJob(name, { by, leaseMs, graceMs, skipTo }) {
      const skip = skipTo === null ? null : timestamp(skipTo)
      const [row] = await query<ClaimRow>(claim, [name, by, leaseMs, graceMs, skip])
      return row ? claimOf(row) : null
    },

    async renewJob(name, attempt, leaseMs) {
      return (await query(renew, [name, attempt, leaseMs])).length > 0
    },

    async endJob(name, attempt, { outcome, result, nextRun }) {
      return (await query(end, [name, attempt, outcome, result, timestamp(nextRun)])).length > 0
    },

    async releaseJob(name, attempt) {
      await query('update jobs set lease_until = null where name = $1 and attempt = $2', [name, attempt])
    },

    async jobs() {
      return (await query<JobRow>(selectJobs, [overdueMs])).map(jobOf)
    },
  }
}

interface ClaimRow {
  readonly attempt: string
  readonly due_at: Date
  readonly is_missed: boolean
  readonly is_skipped: boolean
  readonly cut_off: string | null
}

interface JobRow extends Pick<JobRecord, 'name' | 'schedule' | 'outcome' | 'result'> {
  readonly next_run: Date
  readonly is_running: boolean
  readonly is_overdue: boolean
  readonly run_by: string | null
  readonly started_at: Date | null
  readonly ended_at: Date | null
  readonly missed: string
  readonly missed_at: Date | null
}

function claimOf({ attempt, due_at, is_missed, is_skipped, cut_off }: ClaimRow): JobClaim {
  return {
    attempt: is_skipped ? null : Number(attempt),
    dueAt: msOf(due_at),
    isMissed: is_missed,
    cutOff: cut_off,
  }
}

function jobOf(row: JobRow): JobRecord {
  const at = (time: Date | null) => (time === null ? null : msOf(time))
  return {
    name: row.name,
    schedule: row.schedule,
    nextRun: msOf(row.next_run),
    isRunning: row.is_running,
    isOverdue: row.is_overdue,
    runBy: row.run_by,
    startedAt: at(row.started_at),
    endedAt: at(row.ended_at),
    outcome: row.outcome,
    result: row.result,
    missed: Number(row.missed),
    missedAt: at(row.missed_at),
  }
}

const upsertJob = `
  insert into jobs (name, schedule, next_run) values ($1, $2, $3)
  on conflict (name) do update set schedule = excluded.schedule, next_run = excluded.next_run
  where jobs.schedule <> excluded.schedule and jobs.lease_until is null`

const lease = `clock_timestamp() + $3 * interval '1 millisecond'`

// The second of two processes waits for the row and then finds the first one's lease.
const claim = `
  with before as (
    select *, lease_until is null and next_run < clock_timestamp() - $4 * interval '1 millisecond' as is_missed
    from jobs
    where name = $1 and next_run <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())
    for update
  ), known as (
    select *, is_missed and $5::timestamptz is not null as is_skipped from before
  )
  update jobs set
    next_run = case when is_skipped then $5 else known.next_run end,
    attempt = known.attempt + 1,
    lease_until = case when is_skipped then null else ${lease} end,
    run_by = case when is_skipped then known.run_by else $2 end,
    started_at = case when is_skipped then known.started_at else clock_timestamp() end,
    missed = known.missed + is_missed::integer,
    missed_at = case when is_missed then known.next_run else known.missed_at end
  from known where jobs.name = known.name
  returning jobs.attempt, known.next_run as due_at, is_missed, is_skipped,
    case when known.lease_until is not null then known.run_by end as cut_off`

const renew = `
  update jobs set lease_until = ${lease} where name = $1 and attempt = $2 and lease_until is not null returning name`

const end = `
  update jobs set lease_until = null, ended_at = clock_timestamp(), outcome = $3, result = $4, next_run = $5
  where name = $1 and attempt = $2 and lease_until is not null returning name`

const selectJobs = `
  select *, lease_until is not null as is_running,
    coalesce(lease_until, next_run) < clock_timestamp() - $1 * interval '1 millisecond' as is_overdue
  from jobs order by name collate "C"`
