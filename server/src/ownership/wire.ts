import { numberFields } from '@candlewatch/api/bars'
import { epochMs, marketName } from '@candlewatch/api/fields'
import type { ErrorDetails } from '@candlewatch/core/errors'
import { z } from 'zod'

// What servers of one database send each other. In a rolling restart the two have different versions: a field that is added
// must be optional. Answers are not checked and not changed, so that they stay the owner's byte for byte.

/** The paths on which a server takes what others forward. */
export const paths = {
  answer: '/internal/answer',
  correct: '/internal/correct',
  withdraw: '/internal/withdraw',
  takeIn: '/internal/take-in',
  whatIf: '/internal/what-if',
  budget: '/internal/budget',
} as const

const stream = z.object({ market: marketName, intervalMs: epochMs })

const bar = z.object({ market: marketName, ts: epochMs, seen: epochMs, ...numberFields })

/** Bars to judge. */
export const answerBody = z.object({
  stream,
  bars: z.array(bar),
  /** The id of the replay that sends them. */
  replay: z.string().nullable().optional(),
})

/** A correction to make. */
export const correctBody = z.object({ stream, bar, reason: z.string() })

/** A bar to withdraw. */
export const withdrawBody = z.object({ stream, openMs: epochMs, reason: z.string(), at: epochMs })

/** Rows of an import to judge. */
export const takeInBody = z.object({ stream, bars: z.array(bar), sinceTs: epochMs })

/** A made-up next bar. */
export const whatIfBody = z.object({ stream, numbers: z.object(numberFields).partial() })

/** A request to read the budget and the settings of streams that are in force. */
export const budgetBody = z.object({})

/** An error of the owner, which the asking server throws as its own. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly field?: string | undefined
  readonly details?: ErrorDetails
}
