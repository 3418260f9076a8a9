import type { Request, RequestHandler, Response } from 'express'
import type { Log } from '../platform/log.ts'
import type { SummedLog } from '../platform/summed-log.ts'
import type { Metrics } from './metrics.ts'

const slowMs = 1_000
// Requests with thousands of rows may take longer.
const slowMsPerRow = 10

/**
 * Measures every request and logs a line: `warn` if it was slow, `info` if it failed (summed up where many fail alike), `debug`
 * otherwise, since a replay posts hundreds per second. No address, header or body is logged: those can contain secrets.
 */
export function observed(
  log: Log,
  summed: SummedLog,
  { requested, problem }: Pick<Metrics, 'requested' | 'problem'>,
): RequestHandler {
  return (request, response, next) => {
    const from = performance.now()
    response.once('close', () => {
      const ms = Math.round(performance.now() - from)
      const line = lineOf(request, response)
      const { method, route, status, rows = 0, code } = line
      // An event stream lasts as long as its page is open: that is no latency.
      const isStream = route === '/api/stream' && status === 200
      if (!isStream) requested({ method, route, status, seconds: ms / 1_000 })
      if (code !== undefined) problem(code)
      const isSlow = !isStream && ms > slowMs + rows * slowMsPerRow
      if (isSlow) log.warn({ ...line, ms }, 'slow request')
      else if (isWorthALine(line)) summed.write('info', kindOf(line), { ...line, ms }, 'request')
      else log.debug({ ...line, ms }, 'request')
    })
    next()
  }
}

/** Facts about a request that handlers note in `response.locals`. */
interface Noted {
  readonly market?: string
  readonly rows?: number
  /** The code of the problem that it was answered with. */
  readonly code?: string
}

function lineOf(request: Request, response: Response) {
  const { market, rows, code } = response.locals as Noted
  const { id: requestId, method, caller } = request
  // 499 as in nginx: the client disconnected before the answer.
  const status = response.headersSent ? response.statusCode : 499
  return { requestId, method, route: routeOf(request, status), status, caller: caller?.name, market, rows, code }
}

/** Refusals of one kind differ in their rows only. */
const kindOf = ({ method, route, status, caller, market, code }: ReturnType<typeof lineOf>) =>
  [method, route, status, caller, market, code].join(' ')

/** The route's pattern; `file` for the page's files and the documents, `none` if no route matched. */
function routeOf(request: Request, status: number): string {
  const route = request.route as { path?: unknown } | undefined
  return typeof route?.path === 'string' ? route.path : status < 400 ? 'file' : 'none'
}

/** Leaves out rate-limited requests, which would fill the log, and failed health checks, which have a line already. */
const isWorthALine = ({ status, route }: { readonly status: number; readonly route: string }) =>
  status >= 400 && status !== 429 && route !== '/readyz'
