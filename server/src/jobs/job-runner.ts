import type { JobClaim, JobOutcome, JobRecord, JobStore } from '@candlewatch/adapters/stores/jobs'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs, secondMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { createTask, type Logger, type ScheduledTask } from 'node-cron'
import type { Log } from '../platform/log.ts'

/** Something that runs on a schedule, on one of the servers on a database. */
export interface Job {
  /** The same on every server. */
  readonly name: string
  /** Five cron fields, UTC. */
  readonly schedule: string
  /** A job that the database does not know yet runs at once, or waits for its schedule. */
  readonly firstRun: 'at once' | 'on schedule'
  /** A run that no server started within an hour is made up later, or skipped. */
  readonly ifMissed: 'run' | 'skip'
  /** Resolves to the result in one sentence. When `stop` is aborted it ends soon and rejects. */
  run(stop: AbortSignal): Promise<string>
}

/** The parts that the runner of jobs works with. */
export interface JobRunnerParts {
  readonly jobs: readonly Job[]
  readonly store: JobStore
  /** The name of this process in the database and the log. */
  readonly by: string
  readonly log: Log
  /** How long a claim holds that is not renewed. */
  readonly leaseMs?: number
  /** How often a job is looked at between its scheduled times. */
  readonly pollMs?: number
}

/** Runs the jobs of this server. */
export interface JobRunner {
  /** The jobs that this server offers, as the database knows them. */
  list(): Promise<readonly JobRecord[]>
  /** The same as of some seconds ago, without asking the database. */
  known(): readonly JobRecord[]
  start(): void
  /** Stops what runs here and gives it back; resolves when it has ended. */
  close(): Promise<void>
}

const graceMs = hourMs

/**
 * Makes the runner. Every server offers its jobs at their times and every ten seconds. The database gives each run to one of
 * them, for 30 s at a time: if that process goes, another one begins the run again.
 */
export function makeJobRunner(parts: JobRunnerParts): JobRunner {
  const { jobs, store } = parts
  const names = new Set(jobs.map(({ name }) => name))
  const runners = jobs.map(job => runnerOf(job, parts, look))
  let known: readonly JobRecord[] = []
  return {
    list,
    known: () => known,
    start() {
      for (const runner of runners) runner.start()
    },
    async close() {
      await Promise.all(runners.map(runner => runner.close()))
    },
  }

  async function list(): Promise<readonly JobRecord[]> {
    return (await store.jobs()).filter(({ name }) => names.has(name))
  }

  async function look(): Promise<void> {
    known = await list().catch(() => known)
  }
}

/** Runs one job. `offered` is called each time after the job was offered. */
function runnerOf(job: Job, parts: JobRunnerParts, offered: () => Promise<void>) {
  const { store, by, log, leaseMs = 30 * secondMs, pollMs = 10 * secondMs } = parts
  const { name, schedule } = job
  const task = createTask(schedule, onTime, { timezone: 'UTC', name, logger: ofCron(log), noOverlap: false })
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let isPlanned = false
  let isFailing = false

  return {
    start() {
      void task.start()
      timer = setInterval(offer, pollMs)
      offer()
    },
    async close() {
      stop.abort()
      clearInterval(timer)
      await task.destroy()
      await running
    },
  }

  function onTime(): void {
    if (running === null) offer()
    else log.warn({ job: name }, 'the previous run of this job is still under way: this one is skipped')
  }

  function offer(): void {
    running ??= attempt()
      .then(offered)
      .then(
        () => {
          isFailing = false
        },
        (err: unknown) => {
          if (!isFailing) log.warn({ err, job: name }, 'the database does not say whether this job is due')
          isFailing = true
        },
      )
      .finally(() => {
        running = null
      })
  }

  async function attempt(): Promise<void> {
    if (!isPlanned) {
      await store.planJob({ name, schedule, nextRun: job.firstRun === 'at once' ? now() : nextAfter(task, now()) })
      isPlanned = true
    }
    const skipTo = job.ifMissed === 'skip' ? nextAfter(task, now()) : null
    const claim = await store.claimJob(name, { by, leaseMs, graceMs, skipTo })
    if (claim === null) return
    tell(claim)
    if (claim.attempt !== null) await run(claim.attempt, claim.dueAt)
  }

  function tell({ attempt, dueAt, isMissed, cutOff }: JobClaim): void {
    const of = { job: name, dueAt: isoDate(dueAt) }
    if (isMissed) {
      log.warn(of, `no server ran this job when it was due: it is ${attempt === null ? 'skipped' : 'made up now'}`)
    }
    if (cutOff !== null) log.warn({ ...of, by: cutOff }, 'the process that ran this job has gone: it begins again here')
  }

  async function run(attempt: number, dueAt: Ms): Promise<void> {
    const lost = new AbortController()
    const renewal = renew(attempt, lost)
    log.info({ job: name, by }, 'job started')
    try {
      const result = await job.run(AbortSignal.any([stop.signal, lost.signal]))
      log.info({ job: name, result }, 'job ended')
      await end('done', result)
    } catch (err) {
      if (lost.signal.aborted) log.warn({ job: name }, 'another process has taken over this job: it was stopped here')
      else if (stop.signal.aborted) await store.releaseJob(name, attempt)
      else {
        log.warn({ err, job: name }, 'job failed')
        await end('failed', err instanceof Error ? err.message : String(err))
      }
    } finally {
      clearInterval(renewal)
    }

    async function end(outcome: JobOutcome, result: string): Promise<void> {
      await store.endJob(name, attempt, { outcome, result, nextRun: nextAfter(task, dueAt) })
    }
  }

  /** Renews the claim until it is lost: to another process, or because the database was not reached for as long as it holds. */
  function renew(attempt: number, lost: AbortController): NodeJS.Timeout {
    let renewedAt = performance.now()
    return setInterval(async () => {
      const isOurs = await store.renewJob(name, attempt, leaseMs).catch(() => null)
      if (isOurs === true) renewedAt = performance.now()
      else if (isOurs === false || performance.now() - renewedAt > leaseMs) lost.abort()
    }, leaseMs / 3)
  }
}

const now = () => Date.now() as Ms

/** The next scheduled time from now that is also after the given one: this machine's clock may be behind the database's. */
function nextAfter(task: ScheduledTask, after: Ms): Ms {
  const [first, second] = task.getNextRuns(2).map(date => date.getTime() as Ms)
  if (first !== undefined && first > after) return first
  if (second !== undefined && second > after) return second
  throw new RangeError(`Expected a time after ${isoDate(after)} in the schedule ${task.getPattern()}, found none.`)
}

/** Writes the scheduler's messages to our log, for example that it woke too late. */
function ofCron(log: Log): Logger {
  return {
    info: text => log.info(text),
    warn: text => log.warn(text),
    error: (found, err) => log.error({ err: err ?? found }, 'job schedule'),
    debug: found => log.debug({ err: found }, 'job schedule'),
  }
}
