import type { HealthCheck } from '@candlewatch/api/health'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Log } from '../platform/log.ts'

/** A condition for accepting traffic. `check` rejects if it is not met. */
export interface Check {
  readonly name: string
  check(): Promise<unknown>
}

/** The parts that the health routes report on. */
export interface HealthParts {
  readonly checks: readonly Check[]
  /** Once true, the server is not ready, whatever the checks say. */
  isStopping(): boolean
  readonly log: Log
}

const longestMs = 3_000

/**
 * `/healthz`: the process answers. `/readyz`: each check by name, 503 if one fails. Both need no key, so the answer has only
 * the code of a failure; its message, which can name hosts, goes to the log once, when the failure begins.
 */
export function health({ checks, isStopping, log }: HealthParts): Router {
  const failing = new Set<string>()
  const router = Router()
  handle(router, 'GET /healthz', () => ({ status: 'alive' }))
  handle(router, 'GET /readyz', async (_given, { response }) => {
    if (isStopping()) {
      response.status(503)
      return { status: 'stopping', checks: {} }
    }
    const outcomes = await Promise.all(checks.map(async one => [one.name, await outcome(one)] as const))
    const ready = outcomes.every(([, { state }]) => state === 'ready')
    if (!ready) response.status(503).set('Retry-After', '1')
    return { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(outcomes) }
  })
  return router

  async function outcome({ name, check }: Check): Promise<HealthCheck> {
    const from = performance.now()
    const ended = (state: HealthCheck['state'], code?: ErrorCode): HealthCheck => ({
      state,
      ms: Math.round(performance.now() - from),
      ...(code !== undefined && { code }),
    })
    try {
      const isLate = await within(longestMs, check())
      if (isLate) return logged(name, ended('late'))
      return logged(name, ended('ready'))
    } catch (err) {
      return logged(name, ended('failed', err instanceof CandlewatchError ? err.code : 'ERR_INTERNAL'), err)
    }
  }

  function logged(name: string, outcome: HealthCheck, err?: unknown): HealthCheck {
    if (outcome.state === 'ready') {
      if (failing.delete(name)) log.info({ check: name }, 'ready again')
    } else if (!failing.has(name)) {
      failing.add(name)
      // The stack helps only with unexpected errors.
      const why = err instanceof CandlewatchError ? { because: err.message } : { err }
      log.warn({ check: name, ...outcome, ...why }, 'not ready')
    }
    return outcome
  }
}

/** Resolves to true if the work takes longer than `ms`; its later result is ignored. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, ms, true)
  })
  try {
    return await Promise.race([work.then(() => false), late])
  } finally {
    clearTimeout(timer)
  }
}
