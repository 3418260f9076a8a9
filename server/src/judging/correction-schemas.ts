import type { Correction } from '@candlewatch/adapters/stores/corrections'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar } from '@candlewatch/core/types'
import { z } from 'zod'
import { expected, rangeQuery, row, verdictAnswer, words } from '../http/schemas.ts'

/** The right numbers of a bar that was judged by wrong ones. */
export const correctionInput = z
  .intersection(
    row,
    z.object({
      reason: words('a reason, in words')
        .trim()
        .min(1, { error: expected('a reason, in words') })
        .openapi({ example: 'The exchange corrected the low of a busted trade.' }),
    }),
  )
  .openapi('CorrectionInput')

const numbers = z.object({ open: z.number(), high: z.number(), low: z.number(), close: z.number(), volume: z.number() })

export const correctionAnswer = z
  .object({
    ...{ id: z.number(), market: z.string(), interval: z.string() },
    date: z.string().openapi({ description: "The bar's open." }),
    revision: z.number().openapi({ description: '1 is the first correction of the bar.' }),
    ...{ reason: z.string(), at: z.string() },
    withdrawn: z.number().openapi({ description: 'How many verdicts no longer stand for it.' }),
    ...{ before: numbers, after: numbers },
  })
  .openapi('Correction')

export const withdrawnQuery = rangeQuery.pick({ limit: true })
export const withdrawnAnswer = z.object({
  correction: correctionAnswer,
  withdrawn: z.array(verdictAnswer).openapi({ description: 'Oldest first, as they were said.' }),
})

export const correctedAnswer = z.object({
  correction: correctionAnswer
    .nullable()
    .openapi({ description: 'null where the bar stood with these numbers already.' }),
  verdict: verdictAnswer,
  judgedAgain: z.number().openapi({ description: 'Bars, the corrected one and those after it.' }),
})

export function shownCorrection({ id, market, intervalMs, before, after, ...rest }: Correction) {
  const { revision, reason, at, withdrawn } = rest
  return {
    ...{ id, market, interval: formatInterval(intervalMs), date: isoDate(after.ts - intervalMs), revision, reason },
    ...{ at: isoDate(at), withdrawn, before: numbersOf(before), after: numbersOf(after) },
  } satisfies z.input<typeof correctionAnswer>
}

const numbersOf = ({ open, high, low, close, volume }: Bar) => ({ open, high, low, close, volume })
