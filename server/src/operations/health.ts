import type { HealthCheck } from '@candlewatch/api/health'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Log } from '../platform/log.ts'

/** What must hold before traffic is welcome. `check` rejects when it does not. */
export interface Check {
  readonly name: string
  check(): Promise<unknown>
}

export interface HealthParts {
  readonly checks: readonly Check[]
  /** From then on no traffic is welcome, whatever the checks say. */
  isStopping(): boolean
  readonly log: Log
}

const longestMs = 3_000

/**
 * `/healthz`: the process answers. `/readyz`: each check by name, 503 when one fails. Anyone may ask, so only a failure's
 * code is told: its words, which name hosts, are for the log, once when it begins.
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
      if (isLate) return told(name, ended('late'))
      return told(name, ended('ready'))
    } catch (err) {
      return told(name, ended('failed', err instanceof CandlewatchError ? err.code : 'ERR_INTERNAL'), err)
    }
  }

  function told(name: string, outcome: HealthCheck, err?: unknown): HealthCheck {
    if (outcome.state === 'ready') {
      if (failing.delete(name)) log.info({ check: name }, 'ready again')
    } else if (!failing.has(name)) {
      failing.add(name)
      // The stack is of use where nobody foresaw the failure.
      const why = err instanceof CandlewatchError ? { because: err.message } : { err }
      log.warn({ check: name, ...outcome, ...why }, 'not ready')
    }
    return outcome
  }
}

/** Whether it took longer than that; what it does afterwards is nobody's concern. */
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
