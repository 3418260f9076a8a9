/** Every code that Candlewatch can fail with, and what it means. docs/errors.md lists the same; a test keeps them equal. */
export const errorCodes = {
  ERR_BAR_IMPOSSIBLE: 'A candle that cannot exist: a price that is not positive and finite, high below low, or open or close outside them.',
  ERR_BAR_MISALIGNED: 'A date that is not the opening of an interval.',
  ERR_BAR_FUTURE: 'A bar that has not closed yet.',
  ERR_BAR_LATE: 'A bar older than the newest one of its market, and never seen before.',
  ERR_BAR_CONFLICT: 'A bar that was seen before with other numbers.',
} as const

export type ErrorCode = keyof typeof errorCodes

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
