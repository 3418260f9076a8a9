import { z } from 'zod'
import { dateTime } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const job = z
  .object({
    name: z.string(),
    schedule: z.string().meta({ description: 'Five cron fields, UTC.' }),
    state: z.enum(['waiting', 'running', 'overdue']).meta({
      id: 'JobState',
      description:
        'overdue: no server has run it five minutes after it was due, or the server that ran it has gone and no other one took over.',
    }),
    nextRun: dateTime.meta({ description: 'When it is due; in the past while it runs.' }),
    runBy: z.string().nullable().meta({ description: 'The process of the present run, or of the last one.' }),
    startedAt: dateTime.nullable(),
    endedAt: dateTime.nullable().meta({ description: 'When the last run that ended did so.' }),
    outcome: z.enum(['done', 'failed']).meta({ id: 'JobOutcome', description: 'Of that run.' }).nullable(),
    result: z.string().nullable().meta({ description: 'Its result in one sentence.' }),
    missed: z.number().meta({ description: 'How many runs no server started within an hour.' }),
    missedAt: dateTime.nullable().meta({ description: 'When the last of them was due.' }),
  })
  .meta({ id: 'Job', description: 'Something that runs on a schedule, on one server at a time.' })
/** A job as clients read it. */
export type Job = Wire<typeof job>

/** The route of the jobs. */
export const jobRoutes = routesByName(
  route({
    id: 'listJobs',
    method: 'GET',
    path: '/api/jobs',
    scope: 'read',
    summary: 'What runs on a schedule, and how it went',
    description: 'Retention and trainings, as far as they are set. Each is run by one of the servers on the database.',
    answer: z.object({ jobs: z.array(job) }).meta({ id: 'Jobs' }),
  }),
)
