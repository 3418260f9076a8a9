import { z } from 'zod'
import { gap } from './coverage.ts'
import { dateTime, expected, flag, interval, intervalName, market, marketName, words } from './fields.ts'
import { errorCode } from './problem.ts'
import { route, routesByName, type Wire } from './route.ts'

/** The state of an import: under way, or how it ended. */
export const importState = z.enum(['running', 'done', 'failed', 'stopped']).meta({ id: 'ImportState' })

const importQuery = z.object({
  market: market.optional().meta({ description: 'Overrides the market in the file or its name.' }),
  interval: interval.optional().meta({ description: 'Overrides the most common distance of its rows.' }),
  name: words('a file name', 200)
    .min(1, { error: expected('a file name') })
    .default('the file')
    .meta({ description: 'For messages. The name of a Binance archive says its market.' }),
  check: flag.meta({ description: 'true: report what is in the file and write nothing.' }),
})

/** The result of checking a file. */
export const fileCheck = z
  .object({
    name: z.string(),
    market: marketName,
    interval: intervalName,
    columns: z.array(z.string()),
    rows: z.number(),
    repeated: z.number().meta({ description: 'Rows that are in the file twice, equal: they count once.' }),
    first: dateTime,
    last: dateTime,
    fresh: z.number().meta({ description: 'Newer than all stored bars: they will be judged.' }),
    known: z.number().meta({ description: 'Stored already, with the same numbers.' }),
    fills: z.number().meta({
      description: 'Not stored, and fill gaps: they will be judged, and the bars after them again.',
    }),
    late: z.number().meta({
      description: 'Not stored, and too old to fill a gap: they become history and are not judged.',
    }),
    replaced: z
      .number()
      .meta({ description: 'Rows that fill gaps or are late, and that an earlier import had with other numbers.' }),
    missing: z.number(),
    gapCount: z.number(),
    gaps: z.array(gap).meta({ description: 'The newest 20 gaps of the file, newest first.' }),
  })
  .meta({ id: 'FileCheck' })
/** The result of checking a file, as clients read it. */
export type FileCheck = Wire<typeof fileCheck>

/** An import of a file. Dates are opens. */
export const importJob = z
  .object({
    id: z.string(),
    name: z.string(),
    market: marketName,
    interval: intervalName,
    state: importState,
    rows: z.number(),
    done: z
      .number()
      .meta({ description: 'How many of them are stored so far, oldest first. They stay after a failure.' }),
    judged: z.number().meta({ description: 'Rows that were judged so far, those that fill gaps included.' }),
    known: z.number(),
    fills: z.number().meta({ description: 'Rows that fill gaps: judged after all others.' }),
    late: z.number().meta({ description: 'Too old to fill a gap: in history only.' }),
    first: dateTime,
    last: dateTime,
    startedAt: dateTime,
    endedAt: dateTime.nullable(),
    error: z
      .object({ code: errorCode, detail: z.string() })
      .meta({ id: 'ImportFailure' })
      .nullable()
      .meta({ description: 'Why it failed.' }),
  })
  .meta({ id: 'Import' })
/** An import as clients read it. */
export type Import = Wire<typeof importJob>

/** The routes for imports. */
export const importRoutes = routesByName(
  route({
    id: 'postImport',
    method: 'POST',
    path: '/api/imports',
    scope: 'ingest',
    summary: 'Import a CSV file of past rows',
    description:
      'Up to 64 MB and 2,000,000 rows, in any layout that data/README.md lists. The file is checked as a whole first. Its rows become history, and those that are newer than all stored bars or fill gaps are judged while live rows go on. Sent again, it continues where it ended. With check=true, 200 and what is in the file; otherwise 202 and the import, whose progress GET /api/stream reports.',
    query: importQuery,
    body: z.string(),
    bodyType: 'text/csv',
    answer: importJob,
    status: 202,
    otherAnswers: { 200: fileCheck },
    problems: [
      'ERR_CSV_EMPTY',
      'ERR_CSV_LAYOUT',
      'ERR_CSV_ROW',
      'ERR_CSV_LONG',
      'ERR_BAR_CONFLICT',
      'ERR_IMPORT_RUNNING',
      'ERR_DATABASE_UNREACHABLE',
    ],
  }),
  route({
    id: 'getImports',
    method: 'GET',
    path: '/api/imports',
    scope: 'read',
    summary: 'List the last twenty imports',
    description: 'Newest first, by all servers on the database.',
    answer: z.object({ imports: z.array(importJob) }).meta({ id: 'ImportList' }),
  }),
  route({
    id: 'getImport',
    method: 'GET',
    path: '/api/imports/:id',
    scope: 'read',
    summary: 'Get an import',
    answer: importJob,
    problems: ['ERR_NOT_FOUND'],
  }),
  route({
    id: 'stopImport',
    method: 'DELETE',
    path: '/api/imports/:id',
    scope: 'ingest',
    summary: 'Stop an import after the rows under way',
    description: 'Rows that are stored stay.',
    answer: importJob,
    problems: ['ERR_NOT_FOUND'],
  }),
)
