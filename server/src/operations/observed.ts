import type { Request, RequestHandler, Response } from 'express'
import type { Log } from '../platform/log.ts'
import type { Metrics } from './metrics.ts'

const slowMs = 1_000
// A catch-up of thousands of rows takes its time by right.
const slowMsPerRow = 10

/**
 * Measures every request and writes its line: `warn` when it was slow, `info` when it failed, `debug` when all was well,
 * since a replay posts hundreds a second. No address, header or body is written: those can hold secrets.
 */
export function observed(log: Log, { requested, problem }: Pick<Metrics, 'requested' | 'problem'>): RequestHandler {
  return (request, response, next) => {
    const from = performance.now()
    response.once('close', () => {
      const ms = Math.round(performance.now() - from)
      const line = lineOf(request, response)
      const { method, route, status, rows = 0, code } = line
      // A stream lasts as long as its page is open: that is no latency.
      const isStream = route === '/api/stream' && status === 200
      if (!isStream) requested({ method, route, status, seconds: ms / 1_000 })
      if (code !== undefined) problem(code)
      const isSlow = !isStream && ms > slowMs + rows * slowMsPerRow
      log[isSlow ? 'warn' : isWorthALine(line) ? 'info' : 'debug']({ ...line, ms }, isSlow ? 'slow request' : 'request')
    })
    next()
  }
}

/** What handlers tell of a request: `response.locals`. */
interface Told {
  readonly market?: string
  readonly rows?: number
  /** Of the problem that it was answered with. */
  readonly code?: string
}

function lineOf(request: Request, response: Response) {
  const { market, rows, code } = response.locals as Told
  const { id: requestId, method, caller } = request
  // 499 as nginx has it: the caller left before there was an answer.
  const status = response.headersSent ? response.statusCode : 499
  return { requestId, method, route: routeOf(request, status), status, caller: caller?.name, market, rows, code }
}

/** The route's pattern; `file` for the page's files and the documents, `none` where no route took it. */
function routeOf(request: Request, status: number): string {
  const route = request.route as { path?: unknown } | undefined
  return typeof route?.path === 'string' ? route.path : status < 400 ? 'file' : 'none'
}

/** One who sends too much must not fill the log as well, and of a failed check there is a line already. */
const isWorthALine = ({ status, route }: { readonly status: number; readonly route: string }) =>
  status >= 400 && status !== 429 && route !== '/readyz'
