import type { Coverage, Gap } from '@candlewatch/adapters/stores/history'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { z } from 'zod'
import { integer, interval, market } from '../http/schemas.ts'

export const coverageQuery = z.object({
  market: market.optional(),
  interval: interval.optional(),
  points: integer(1, 1_000)
    .default(200)
    .openapi({ description: 'Stretches at most, of the widths that /api/bars?points= has.' }),
  gaps: integer(0, 1_000).default(100).openapi({ description: 'Gaps at most, the newest.' }),
})

const date = z.string().openapi({ format: 'date-time' })

export const gapAnswer = z
  .object({
    from: date.openapi({ description: 'Open of the first bar that is missing.' }),
    to: date.openapi({ description: 'Open of the first bar after.' }),
    missing: z.number(),
  })
  .openapi('Gap')

export const coverageAnswer = z
  .object({
    ...{ market: z.string(), interval: z.string(), bars: z.number() },
    first: date.nullable().openapi({ description: 'Open of the first bar; null where rows were imported alone.' }),
    last: date.nullable(),
    missing: z.number().openapi({ description: 'Bars that are not there between the first and the last.' }),
    gaps: z.array(gapAnswer).openapi({ description: 'Newest first.' }),
    moreGaps: z.boolean().openapi({ description: 'Whether there are older gaps beside these.' }),
    imported: z
      .object({ rows: z.number(), first: date, last: date })
      .nullable()
      .openapi({ description: 'Rows of history where there is no bar: imported, and never judged.' }),
    width: z.string().openapi({ description: 'How long each stretch is.' }),
    stretches: z
      .array(
        z.object({
          date: date.openapi({ description: 'Its beginning, a whole multiple of the width since 1970, UTC.' }),
          expected: z
            .number()
            .openapi({ description: 'Bars that should open within it, between the first and the last.' }),
          ...{ bars: z.number(), imported: z.number(), anomalies: z.number(), faults: z.number() },
        }),
      )
      .openapi({ description: 'Oldest first; those in which there is nothing are left out.' }),
  })
  .openapi('Coverage')

export const shownGap = ({ fromMs, toMs, missing }: Gap): z.output<typeof gapAnswer> => ({
  from: isoDate(fromMs),
  to: isoDate(toMs),
  missing,
})

export function shownCoverage(
  { market: name, intervalMs }: Stream,
  { bars, firstOpenMs, lastOpenMs, missing, gaps, moreGaps, imported, widthMs, stretches }: Coverage,
): z.output<typeof coverageAnswer> {
  const dated = (ms: number | null) => (ms === null ? null : isoDate(ms))
  return {
    ...{ market: name, interval: formatInterval(intervalMs), bars, first: dated(firstOpenMs), last: dated(lastOpenMs) },
    ...{ missing, gaps: gaps.map(shownGap), moreGaps },
    imported: imported && {
      rows: imported.rows,
      first: isoDate(imported.firstOpenMs),
      last: isoDate(imported.lastOpenMs),
    },
    width: formatInterval(widthMs),
    stretches: stretches.map(({ openMs, ...of }) => ({
      date: isoDate(openMs),
      expected: expectedWithin(openMs, openMs + widthMs, firstOpenMs, lastOpenMs, intervalMs),
      ...{ bars: of.bars, imported: of.imported, anomalies: of.anomalies, faults: of.faults },
    })),
  }
}

/** Bars that open from one moment to another, of those from the first to the last. */
function expectedWithin(
  fromMs: number,
  toMs: number,
  firstMs: number | null,
  lastMs: number | null,
  intervalMs: number,
): number {
  if (firstMs === null || lastMs === null) return 0
  const [from, to] = [Math.max(fromMs, firstMs), Math.min(toMs, lastMs + intervalMs)]
  return Math.max(0, Math.ceil((to - firstMs) / intervalMs) - Math.ceil((from - firstMs) / intervalMs))
}
