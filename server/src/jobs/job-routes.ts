import type { JobRecord } from '@candlewatch/adapters/stores/jobs'
import type { Job } from '@candlewatch/api/jobs'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { JobRunner } from './job-runner.ts'

/** `GET /api/jobs`: what runs on a schedule, and how it went. */
export function jobs(runner: Pick<JobRunner, 'list'>): Router {
  const router = Router()
  handle(router, 'GET /api/jobs', async () => ({ jobs: (await runner.list()).map(shown) }))
  return router
}

function shown({ isRunning, isOverdue, nextRun, startedAt, endedAt, missedAt, ...job }: JobRecord): Job {
  return {
    ...job,
    state: isOverdue ? 'overdue' : isRunning ? 'running' : 'waiting',
    nextRun: isoDate(nextRun),
    startedAt: dated(startedAt),
    endedAt: dated(endedAt),
    missedAt: dated(missedAt),
  }
}

const dated = (at: Ms | null) => (at === null ? null : isoDate(at))
