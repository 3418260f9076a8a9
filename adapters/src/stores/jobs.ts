import type { Ms } from '@candlewatch/core/types'

/** A job that runs on a schedule. All times are by the store's clock. */
export interface JobRecord {
  readonly name: string
  /** Five cron fields, UTC. */
  readonly schedule: string
  /** When it is due; in the past while it runs. */
  readonly nextRun: Ms
  /** True while a process runs it, or has stopped doing so without a word. */
  readonly isRunning: boolean
  /** True if nobody has run it five minutes after it was due, or since the process that ran it has gone. */
  readonly isOverdue: boolean
  /** The process of the present run, or of the last one. */
  readonly runBy: string | null
  readonly startedAt: Ms | null
  readonly endedAt: Ms | null
  /** The outcome of the last run that ended. */
  readonly outcome: JobOutcome | null
  /** The result in one sentence. */
  readonly result: string | null
  /** Runs that no process started in time. */
  readonly missed: number
  /** When the last of them was due. */
  readonly missedAt: Ms | null
}

/** How a run ended. */
export type JobOutcome = 'done' | 'failed'

/** A process that wants to run a job. */
export interface JobClaimant {
  /** The name of the process. */
  readonly by: string
  /** How long the claim holds unless it is renewed. */
  readonly leaseMs: number
  /** A run that starts later than this after it was due is missed. */
  readonly graceMs: number
  /** If a missed run is not made up: when the job is due next. null: a missed run is made up. */
  readonly skipTo: Ms | null
}

/** The result of a claim: a run to make, or one that was missed and is skipped. */
export interface JobClaim {
  /** Names the claim in the calls that follow. null: the run is skipped. */
  readonly attempt: number | null
  readonly dueAt: Ms
  readonly isMissed: boolean
  /** The process that began this run and has gone; null if none has. */
  readonly cutOff: string | null
}

/** The jobs, each run by one process at a time. */
export interface JobStore {
  /** Adds a job. A known one keeps its next run, unless its schedule has changed. */
  planJob(job: Pick<JobRecord, 'name' | 'schedule' | 'nextRun'>): Promise<void>
  /** Claims a job that is due and that no other process runs. Resolves to null if there is nothing to do. */
  claimJob(name: string, claimant: JobClaimant): Promise<JobClaim | null>
  /** Prolongs a claim. Resolves to false if another process has taken over. */
  renewJob(name: string, attempt: number, leaseMs: number): Promise<boolean>
  /** Ends a run. Resolves to false, and changes nothing, if another process has taken over. */
  endJob(name: string, attempt: number, end: JobEnd): Promise<boolean>
  /** Gives a run back, so that another process can begin it at once. */
  releaseJob(name: string, attempt: number): Promise<void>
  /** Returns the jobs by name. */
  jobs(): Promise<readonly JobRecord[]>
}

/** The end of a run. */
export interface JobEnd {
  readonly outcome: JobOutcome
  readonly result: string
  readonly nextRun: Ms
}

/** How long after it was due a job that nobody runs is overdue. */
export const overdueMs = 300_000
