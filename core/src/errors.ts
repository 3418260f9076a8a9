import type { ErrorCode } from '@candlewatch/api/values/errors'

export type { ErrorCode }

/** Facts about an error for programs, so that nobody has to read its message. */
export interface ErrorDetails {
  /** For an error in one of several rows: the position of that row, from 0. */
  readonly row?: number
  readonly expected?: string
  readonly found?: string
  /** For a program that failed: its own message. */
  readonly reason?: string
  /** For a file: its first faults, by line. */
  readonly errors?: readonly {
    readonly line: number
    /** null when the line as a whole is at fault. */
    readonly column: string | null
    readonly expected: string
    readonly found: string
  }[]
  /** For a file: how many faults it has. */
  readonly errorCount?: number
}

interface ErrorOptions {
  readonly cause?: unknown
  readonly field?: string | undefined
  readonly details?: ErrorDetails
}

/** The message says what was expected, what was found and what to do. `field` names the part of the input at fault, where there is one. */
export class CandlewatchError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'CandlewatchError'
    this.code = code
    this.field = options.field
    this.details = options.details ?? {}
  }
}
