import { z } from 'zod'
import { errorCode } from './problem.ts'
import { route, routesByName, type Wire } from './route.ts'

const check = z
  .object({
    state: z.enum(['ready', 'failed', 'late']).meta({ id: 'CheckState' }),
    ms: z.number().meta({ description: 'How long the check took.' }),
    code: errorCode.optional().meta({ description: 'Why it failed.' }),
  })
  .meta({ id: 'HealthCheck' })
/** The result of one readiness check. */
export type HealthCheck = Wire<typeof check>

const readiness = z
  .object({
    status: z.enum(['ready', 'not ready', 'stopping']).meta({ id: 'ReadinessStatus' }),
    checks: z.record(z.string(), check).meta({ id: 'HealthChecks', description: 'By name.' }),
  })
  .meta({ id: 'Readiness' })

/** The routes for health and readiness. */
export const healthRoutes = routesByName(
  route({
    id: 'getLiveness',
    method: 'GET',
    path: '/healthz',
    scope: null,
    summary: 'Is the process alive?',
    answer: z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' }),
  }),
  route({
    id: 'getReadiness',
    method: 'GET',
    path: '/readyz',
    scope: null,
    summary: 'Can the server take requests?',
    description: 'Checks the database, its migrations and the model. 503 and the failed check when it cannot.',
    answer: readiness,
    otherAnswers: { 503: readiness },
  }),
  route({
    id: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    scope: 'read',
    summary: 'Counters and gauges for Prometheus',
    answer: z.string(),
    answerType: 'text/plain',
  }),
)
