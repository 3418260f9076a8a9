import { CandlewatchError } from '@candlewatch/core/errors'
import { Router } from 'express'
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

interface Outcome {
  readonly state: 'ready' | 'failed' | 'late'
  readonly ms: number
  readonly code?: string
}

const longestMs = 3_000

/**
 * `/healthz`: the process answers. `/readyz`: each check by name, 503 when one fails. Anyone may ask, so only a failure's
 * code is told: its words, which name hosts, are for the log, once when it begins.
 */
export function health({ checks, isStopping, log }: HealthParts): Router {
  const failing = new Set<string>()
  return Router()
    .get('/healthz', (_request, response) => {
      response.json({ status: 'alive' })
    })
    .get('/readyz', async (_request, response) => {
      if (isStopping()) {
        response.status(503).json({ status: 'stopping', checks: {} })
        return
      }
      const outcomes = await Promise.all(checks.map(async one => [one.name, await outcome(one)] as const))
      const ready = outcomes.every(([, { state }]) => state === 'ready')
      if (!ready) response.set('Retry-After', '1')
      response
        .status(ready ? 200 : 503)
        .json({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(outcomes) })
    })

  async function outcome({ name, check }: Check): Promise<Outcome> {
    const from = performance.now()
    const ended = (state: Outcome['state'], code?: string): Outcome => ({
      ...{ state, ms: Math.round(performance.now() - from) },
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

  function told(name: string, outcome: Outcome, err?: unknown): Outcome {
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
