import type { ErrorCode } from '@candlewatch/api/values/errors'

export type { ErrorCode }

/** The message says what was expected, what was found and what to do. `field` names the part of the input at fault, where there is one. */
export class CandlewatchError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; field?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'CandlewatchError'
    this.code = code
    this.field = options.field
  }
}
