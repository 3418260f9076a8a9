import { z } from 'zod'
import { dateTime, integer, interval, intervalName, market, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

/** A stretch of missing bars. */
export const gap = z
  .object({
    from: dateTime.meta({ description: 'Open of the first missing bar.' }),
    to: dateTime.meta({ description: 'Open of the first bar after the gap.' }),
    missing: z.number(),
  })
  .meta({ id: 'Gap' })
/** A stretch of missing bars, as clients read it. */
export type Gap = Wire<typeof gap>

const stretch = z
  .object({
    date: dateTime.meta({ description: 'Its start, a whole multiple of the width since 1970, UTC.' }),
    expected: z.number().meta({ description: 'Bars that should open within it, between the first and the last bar.' }),
    bars: z.number(),
    imported: z.number(),
    anomalies: z.number(),
    faults: z.number(),
  })
  .meta({ id: 'CoverageStretch', description: 'The bars within one width of time.' })

const importedRows = z.object({ rows: z.number(), first: dateTime, last: dateTime }).meta({ id: 'ImportedRows' })

/** The stored and the missing bars of a stream. */
export const coverage = z
  .object({
    market: marketName,
    interval: intervalName,
    bars: z.number(),
    first: dateTime.nullable().meta({ description: 'Open of the first bar; null when there are only imported rows.' }),
    last: dateTime.nullable(),
    missing: z.number().meta({ description: 'Missing bars between the first and the last.' }),
    gaps: z.array(gap).meta({ description: 'Newest first.' }),
    moreGaps: z.boolean().meta({ description: 'true when there are older gaps than these.' }),
    imported: importedRows
      .nullable()
      .meta({ description: 'Rows of history where there is no bar: imported and never judged.' }),
    width: intervalName.meta({ description: 'The length of each stretch.' }),
    stretches: z.array(stretch).meta({ description: 'Oldest first; empty ones are left out.' }),
  })
  .meta({ id: 'Coverage' })
/** The stored and the missing bars of a stream, as clients read it. */
export type Coverage = Wire<typeof coverage>

/** The routes for coverage. */
export const coverageRoutes = routesByName(
  route({
    id: 'getCoverage',
    method: 'GET',
    path: '/api/coverage',
    scope: 'read',
    summary: 'Show which bars are stored and which are missing',
    description:
      'Bars that were judged, rows that were only imported, and gaps. Without market or interval: every stream in use, up to 100.',
    query: z.object({
      market: market.optional(),
      interval: interval.optional(),
      points: integer(1, 1_000)
        .default(200)
        .meta({ description: 'The most stretches, of the widths that /api/bars?points= has.' }),
      gaps: integer(0, 1_000).default(100).meta({ description: 'The most gaps, the newest.' }),
    }),
    answer: z.object({ coverage: z.array(coverage), moreStreams: z.boolean() }).meta({ id: 'CoverageList' }),
  }),
)
