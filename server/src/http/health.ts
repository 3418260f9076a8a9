import { Router } from 'express'

/** What must hold before traffic is welcome. `check` rejects when it does not. */
export interface Check {
  readonly name: string
  check(): Promise<unknown>
}

const longestMs = 3_000

/** `/healthz`: the process answers. `/readyz`: each check by name, 503 when one fails. */
export function health(checks: readonly Check[]): Router {
  return Router()
    .get('/healthz', (_request, response) => {
      response.json({ status: 'alive' })
    })
    .get('/readyz', async (_request, response) => {
      const results = await Promise.all(checks.map(async ({ name, check }) => [name, await outcome(check)] as const))
      const ready = results.every(([, result]) => result === 'ready')
      if (!ready) response.set('Retry-After', '1')
      response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', ...Object.fromEntries(results) })
    })
}

async function outcome(check: () => Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, longestMs, `no answer within ${longestMs / 1_000} s`)
  })
  try {
    return await Promise.race([check().then(() => 'ready'), late])
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}
