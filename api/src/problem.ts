import { z } from 'zod'
import type { Route, Wire } from './route.ts'
import { type ErrorCode, errorCodes } from './values/errors.ts'

/** An error's code, one of those in docs/errors.md. */
export const errorCode = z
  .enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]])
  .meta({ id: 'ErrorCode', description: 'What went wrong; docs/errors.md lists all codes.' })

const lineFault = z
  .object({
    line: z.number(),
    column: z.string().nullable().meta({ description: 'null when the line as a whole is at fault.' }),
    expected: z.string(),
    found: z.string(),
  })
  .meta({ id: 'LineFault', description: 'A fault in a line of a file.' })
/** A fault in a line of a file. */
export type LineFault = Wire<typeof lineFault>

/** An error as RFC 9457 has it, with a code and the field at fault. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string().meta({ description: 'What was expected, what was found and what to do.' }),
    code: errorCode,
    field: z.string().optional().meta({ description: 'The part of the input at fault.' }),
    requestId: z.string(),
    errors: z.array(lineFault).optional().meta({ description: 'For a file: its first hundred faults, by line.' }),
    errorCount: z
      .number()
      .optional()
      .meta({ description: 'For a file: how many faults it has. It is not read further after 1,000.' }),
  })
  .meta({
    id: 'Problem',
    example: {
      type: 'urn:candlewatch:error:ERR_ROW_INVALID',
      title: 'Unprocessable content',
      status: 422,
      detail: 'high: Expected a JSON number, found the text "39150.1". Send it without quotes.',
      code: 'ERR_ROW_INVALID',
      field: 'high',
      requestId: '6b1f0c9e',
    },
  })
/** A problem as clients read it. */
export type Problem = Wire<typeof problem>

/** The error codes that a call of a route can be answered with, other than by a failure of the server. */
export function errorsOf({ query, body, bodyType, bodyError, scope, problems = [] }: Route): readonly ErrorCode[] {
  const codes: readonly ErrorCode[] = [
    ...(query ? (['ERR_QUERY_INVALID'] as const) : []),
    ...(body ? (['ERR_BODY_TYPE', 'ERR_BODY_TOO_LARGE'] as const) : []),
    ...(body && bodyType === undefined ? (['ERR_BODY_SHAPE', 'ERR_BUSY'] as const) : []),
    ...(bodyError ? [bodyError] : []),
    ...(scope === null ? [] : (['ERR_KEY_REQUIRED', 'ERR_KEY_INVALID', 'ERR_KEY_SCOPE'] as const)),
    ...problems,
    ...(scope === null ? [] : (['ERR_DATABASE_UNREACHABLE', 'ERR_DATABASE_REFUSED'] as const)),
    'ERR_REQUEST_INVALID',
    'ERR_ORIGIN_REFUSED',
    'ERR_URL_TOO_LONG',
    'ERR_RATE_LIMITED',
  ]
  return [...new Set(codes)]
}
