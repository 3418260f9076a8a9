import { importState } from '@candlewatch/api/imports'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { z } from 'zod'
import { gapAnswer, shownGap } from '../history/coverage-schemas.ts'
import { expected, interval, market, words } from '../http/schemas.ts'
import type { CheckedFile } from './import-file.ts'

export const importQuery = z.object({
  market: market.optional().openapi({ description: 'Wins over what the file says or suggests.' }),
  interval: interval.optional().openapi({ description: 'Wins over the most common distance of its rows.' }),
  name: words('a file name', 200)
    .min(1, { error: expected('a file name') })
    .default('the file')
    .openapi({ description: 'For messages; the name of a Binance archive says its market.' }),
  check: z
    .enum(['true', 'false'], { error: expected('true or false') })
    .default('false')
    .openapi({ description: 'true: say what is in the file, and write nothing.' }),
})

export const checkAnswer = z
  .object({
    ...{ name: z.string(), market: z.string(), interval: z.string() },
    columns: z.array(z.string()),
    rows: z.number(),
    repeated: z.number().openapi({ description: 'Rows that stand in the file twice, equal: they count once.' }),
    ...{ first: z.string().openapi({ format: 'date-time' }), last: z.string().openapi({ format: 'date-time' }) },
    fresh: z.number().openapi({ description: 'Newer than all that is stored: they will be judged.' }),
    known: z.number().openapi({ description: 'Stored already, with the same numbers.' }),
    late: z.number().openapi({
      description: 'Never seen and older than the newest bar: they can’t be judged any more, and go to history alone.',
    }),
    replaced: z.number().openapi({ description: 'Of these, those that an earlier import had with other numbers.' }),
    ...{ missing: z.number(), gapCount: z.number() },
    gaps: z.array(gapAnswer).openapi({ description: 'Of the file, the newest 20, newest first.' }),
  })
  .openapi('FileCheck')

export const importAnswer = z
  .object({
    ...{ id: z.string(), name: z.string(), market: z.string(), interval: z.string(), state: importState },
    rows: z.number(),
    done: z.number().openapi({ description: 'How many of them are stored by now, oldest first.' }),
    judged: z.number(),
    known: z.number(),
    late: z.number().openapi({ description: 'Older than the newest bar: in history alone.' }),
    ...{ first: z.string().openapi({ format: 'date-time' }), last: z.string().openapi({ format: 'date-time' }) },
    ...{ startedAt: z.string(), endedAt: z.string().nullable() },
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .openapi('Import')

export function shownCheck({
  rows,
  stream,
  counts,
  missing,
  gapCount,
  gaps,
}: CheckedFile): z.output<typeof checkAnswer> {
  return {
    ...{ name: rows.fileName, market: stream.market, interval: formatInterval(stream.intervalMs) },
    ...{ columns: [...rows.columns], rows: rows.length, repeated: rows.repeated },
    ...{ first: isoDate(rows.openAt(0)), last: isoDate(rows.openAt(rows.length - 1)) },
    ...counts,
    ...{ missing, gapCount, gaps: gaps.map(shownGap) },
  }
}
