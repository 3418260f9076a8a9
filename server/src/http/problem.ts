import type { Problem } from '@candlewatch/api/problem'
import { type ErrorCode, errorCodes } from '@candlewatch/api/values/errors'
import { CandlewatchError } from '@candlewatch/core/errors'
import { nth } from '@candlewatch/core/nth'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Log } from '../platform/log.ts'
import type { SummedLog } from '../platform/summed-log.ts'

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
}

/** The last handler: every error that a handler throws becomes a problem. Only mistakes of the server are logged with a stack. */
export function problems(log: Log, summed: SummedLog): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) {
      next(thrown)
      return
    }
    const error = ofExpress(thrown) ?? thrown
    const known = error instanceof CandlewatchError && errorCodes[error.code].status !== 500 ? error : null
    const status = known ? errorCodes[known.code].status : 500
    response.locals.code = known?.code ?? 'ERR_INTERNAL'
    const line = { requestId: request.id, url: request.originalUrl, err: error }
    if (status === 503) summed.write('warn', `${known?.code} ${request.path}`, line, 'request failed')
    else if (status >= 500) log.error(line, 'request failed')
    if (status === 503) response.set('Retry-After', '1')
    if (status === 401) response.set('WWW-Authenticate', 'Bearer realm="candlewatch"')
    send(response, {
      type: `urn:candlewatch:error:${known?.code ?? 'ERR_INTERNAL'}`,
      title: titles[status] ?? 'Error',
      status,
      detail: known?.message ?? `Internal error. The server's log has the details under the request id ${request.id}.`,
      code: known?.code ?? 'ERR_INTERNAL',
      ...(known?.field === undefined ? {} : { field: known.field }),
      requestId: request.id,
      ...(known?.details.errors && { errors: known.details.errors, errorCount: known.details.errorCount }),
    })
  }
}

/** Answers requests that no route has taken. */
export const notFound: RequestHandler = request => {
  throw new CandlewatchError(
    'ERR_NOT_FOUND',
    `No such endpoint: ${request.method} ${request.path}. /docs lists all endpoints.`,
  )
}

/** Renders the path of a zod issue as a field name such as `[500].high`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** Checks a value by a schema and returns it. Throws the given code for the first invalid field. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown, code: ErrorCode): z.output<T> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const issue = nth(result.error.issues, 0)
  const field = fieldName(issue.path)
  const others = result.error.issues.length - 1
  const more = others > 0 ? ` (${others} more ${others === 1 ? 'field is' : 'fields are'} invalid.)` : ''
  throw new CandlewatchError(
    code,
    `${field === '' ? '' : `${field}: `}${issue.message}${more}`,
    field === '' ? {} : { field },
  )
}

function send(response: Response, problem: Problem): void {
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** An error of express, its body parser or its file server with a code of ours; null when the request did not cause it. */
function ofExpress(thrown: unknown): CandlewatchError | null {
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number') return null
  if (thrown.status < 400 || thrown.status >= 500) return null
  switch (thrown.status) {
    case 403:
    case 404:
      return new CandlewatchError('ERR_NOT_FOUND', 'No such endpoint.', { cause: thrown })
    default:
      return new CandlewatchError(
        'ERR_REQUEST_INVALID',
        `Expected an address and headers that the server can read and satisfy, found an error: ${thrown.message}.`,
        {
          cause: thrown,
        },
      )
  }
}
