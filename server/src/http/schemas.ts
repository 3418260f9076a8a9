import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi'

export { episodeAnswer, faultAnswer } from '@candlewatch/api/episode'
export { verdictAnswer } from '@candlewatch/api/verdict'

import { parseInterval } from '@candlewatch/core/interval'
import type { Label, Market, Ms, Replay } from '@candlewatch/core/types'
import { z } from 'zod'
import { parseDate } from './date.ts'

extendZodWithOpenApi(z)

export const defaultMarket = 'bitstamp:BTC-USD' as Market
export const defaultInterval = '1h'
export const mostRows = 10_000

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  // Written out, arrays within arrays by the thousand would overflow the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return (JSON.stringify(value) ?? String(value)).slice(0, 80)
}
export const expected =
  (what: string) =>
  (issue: { readonly input?: unknown }): string =>
    `Expected ${what}, found ${typeof issue.input === 'number' ? issue.input : shown(issue.input)}.`

const marketText = 'venue:INSTRUMENT, such as bitstamp:BTC-USD (letters, digits and ._/- , at most 64 characters)'
export const market = z
  .string({ error: expected(marketText) })
  .regex(/^(?=.{3,64}$)[A-Za-z0-9._-]+:[A-Za-z0-9._/-]+$/, { error: expected(marketText) })
  .transform(text => text as Market)
  .openapi({ type: 'string', example: 'bitstamp:BTC-USD' })

const intervalText = 'an interval such as 1m, 1h or 1d, at most 7d'
const longestIntervalMs = 7 * 86_400_000
/** In: `1h`. Out: milliseconds. */
export const interval = z
  .string({ error: expected(intervalText) })
  .transform((text, context) => {
    const ms = parseInterval(text)
    if (ms !== null && ms <= longestIntervalMs) return ms
    context.addIssue({ code: 'custom', message: expected(intervalText)({ input: text }) })
    return z.NEVER
  })
  .openapi({ type: 'string', example: '1h' })

const dateText = 'an ISO 8601 date such as 2021-05-19T12:00:00Z'
/** In: ISO 8601. Out: milliseconds. */
export const date = z
  .string({ error: expected(dateText) })
  .transform((text, context): Ms => {
    const ms = parseDate(text)
    if (ms !== null) return ms
    context.addIssue({ code: 'custom', message: expected(dateText)({ input: text }) })
    return z.NEVER
  })
  .openapi({ type: 'string', format: 'date-time', example: '2021-05-19T12:00:00Z' })

const finite = (issue: { readonly input?: unknown }): string =>
  typeof issue.input === 'string'
    ? `Expected a JSON number, found the text ${shown(issue.input)}. Send it without quotes.`
    : expected('a finite JSON number')(issue)
const price = z.number({ error: finite }).openapi({ example: 39_000.5 })

/** One row as it is posted. Fields that are not listed are ignored: real feeds carry extras. */
export const row = z
  .object(
    {
      date: date.openapi({ description: "The bar's open. Without a zone it is UTC.", example: '2021-05-19T12:00:00Z' }),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: z.number({ error: finite }).optional().openapi({ description: 'In the base currency.', example: 397.96 }),
      VolumeBTC: z.number({ error: finite }).optional().openapi({ description: 'Another name for volume.' }),
      'Volume BTC': z.number({ error: finite }).optional().openapi({ description: 'Another name for volume.' }),
      market: market.default(defaultMarket),
      interval: interval.default(parseInterval(defaultInterval)!),
    },
    { error: expected('an object with date, open, high, low, close and volume') },
  )
  .transform(({ VolumeBTC, 'Volume BTC': spaced, ...rest }, context) => {
    const volume = rest.volume ?? VolumeBTC ?? spaced
    if (volume !== undefined) return { ...rest, volume }
    context.addIssue({ code: 'custom', path: ['volume'], message: 'Expected a finite JSON number, found nothing.' })
    return z.NEVER
  })
  .openapi('Row', {
    example: {
      date: '2021-05-19T12:00:00Z',
      open: 38_650,
      high: 39_150.1,
      low: 30_000,
      close: 36_746.1,
      volume: 5_123.4,
    },
  })
export type Row = z.output<typeof row>

/** People's words. PostgreSQL has no text with a NUL in it. */
export const words = (what: string, most = 500) =>
  z
    .string({ error: expected(what) })
    .max(most, { error: `Expected ${what} of at most ${most} characters.` })
    .regex(/^[^\0]*$/, { error: `Expected ${what} without the character U+0000.` })

export const integer = (from: number, to: number) => {
  const error = expected(`a whole number from ${from} to ${to}`)
  return z.coerce.number({ error }).int({ error }).min(from, { error }).max(to, { error })
}

export const streamQuery = z.object({
  market: market.default(defaultMarket),
  interval: interval.default(parseInterval(defaultInterval)!),
})
/** `from` included, `to` excluded. */
export const rangeQuery = streamQuery.extend({
  from: date.optional(),
  to: date.optional(),
  limit: integer(1, mostRows).default(1_000),
  cursor: z.string().optional().openapi({ description: 'The nextCursor of the page before: leads to older rows.' }),
})

const everyMs = z
  .number({ error: expected('milliseconds from 0 to 3,600,000') })
  .min(0, { error: expected('milliseconds from 0 to 3,600,000') })
  .max(3_600_000, { error: expected('milliseconds from 0 to 3,600,000') })
  .openapi({ description: 'Time between two rows; 0 = as fast as it goes.', example: 1_000 })
const states = ['playing', 'paused', 'finished', 'stopped'] as const
const state = z.enum(states, { error: expected(`one of ${states.join(', ')}`) })
const until = z.enum(['anomaly'], { error: expected('anomaly or null') })
const stepText = expected('a whole number from -1,000 to 1,000, and not 0')
const step = z
  .number({ error: stepText })
  .int({ error: stepText })
  .min(-1_000, { error: stepText })
  .max(1_000, { error: stepText })
  .refine(rows => rows !== 0, { error: stepText })

export const replayInput = z.object(
  {
    market: market.default(defaultMarket),
    interval: interval.default(parseInterval(defaultInterval)!),
    source: z.object(
      {
        kind: z.enum(['csv', 'download', 'synthetic'], { error: expected('one of csv, download, synthetic') }),
        name: words('a name').min(1, { error: expected('a name') }),
      },
      { error: expected('an object with kind and name') },
    ),
    from: date,
    to: date,
    everyMs: everyMs.default(1_000),
    state: state.default('playing'),
  },
  { error: expected('an object') },
)
export const replayChange = z
  .object(
    {
      state: state.optional(),
      everyMs: everyMs.optional(),
      seek: date.nullable().optional().openapi({
        description:
          'The next row. Rows before it are posted without waiting; those that were judged are shown again from there.',
      }),
      at: date.nullable().optional().openapi({ description: 'Shows bars up to this one; null: up to the newest.' }),
      step: step.optional().openapi({ description: 'So many rows on, or back; then it is paused.', example: 1 }),
      until: until.nullable().optional().openapi({
        description: 'Goes on without waiting and pauses at the next anomaly or feed fault; null ends that.',
      }),
      revision: z
        .number({ error: expected('a revision') })
        .optional()
        .openapi({ description: 'Changes nothing unless the replay still has this one.' }),
    },
    { error: expected('an object with state, everyMs, seek, at, step or until') },
  )
  .superRefine((change, context) => {
    const [, second] = (['seek', 'at', 'step', 'until'] as const).filter(name => change[name] !== undefined)
    if (!second) return
    context.addIssue({ code: 'custom', path: [second], message: 'Expected one of seek, at, step and until at a time.' })
  })
  .openapi('ReplayChange', { example: { everyMs: 50 } })

export const barAnswer = z
  .object({
    market: z.string(),
    interval: z.string(),
    date: z.string().openapi({ format: 'date-time' }),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .openapi('Bar')

export const replayAnswer = z
  .object({
    id: z.string(),
    market: z.custom<Market>().openapi({ type: 'string' }),
    interval: z.string(),
    source: z.object({ kind: z.enum(['csv', 'download', 'synthetic']), name: z.string() }),
    from: z.string().openapi({ format: 'date-time' }),
    to: z.string().openapi({ format: 'date-time' }),
    state: z.enum(states),
    everyMs: z.number(),
    seek: z
      .string()
      .nullable()
      .openapi({ format: 'date-time', description: 'Rows that open before this are posted without waiting.' }),
    steps: z.number().openapi({ description: 'Rows asked for one by one, in all.' }),
    until: z
      .enum(['anomaly'])
      .nullable()
      .openapi({ description: 'What it goes on to without waiting, to pause there.' }),
    at: z.string().nullable().openapi({
      format: 'date-time',
      description: 'The newest bar in sight while judged ones are watched again; null: the newest there is.',
    }),
    revision: z.number().openapi({ description: 'Counts the changes.' }),
  })
  .openapi('Replay') satisfies z.ZodType<Replay>

const linesAnswer = z
  .array(
    z.object({
      line: z.number(),
      column: z.string().nullable().openapi({ description: 'null when it is the line as a whole.' }),
      ...{ expected: z.string(), found: z.string() },
    }),
  )
  .openapi({ description: 'Of a file: its first hundred faults, by line.' })

export const problemAnswer = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    field: z.string().optional(),
    requestId: z.string(),
    errors: linesAnswer.optional(),
    errorCount: z.number().optional().openapi({ description: 'How many faults the file has.' }),
  })
  .openapi('Problem', {
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

/** A bar as the API shows it: dated by its open. */
export function shownBar(
  bar: Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>,
  of: { readonly market: Market; readonly interval: string; readonly date: string },
): z.output<typeof barAnswer> {
  const { open, high, low, close, volume } = bar
  return { market: of.market, interval: of.interval, date: of.date, open, high, low, close, volume }
}

type Plain<T> = T extends Ms ? number : T extends object ? { [K in keyof T]: Plain<T[K]> } : T

const mark = z.enum(['right', 'wrong', 'missed'], { error: expected('one of right, wrong, missed') })
export const labelInput = z.object(
  {
    market: market.default(defaultMarket),
    interval: interval.default(parseInterval(defaultInterval)!),
    date: date.openapi({ description: "The bar's open; of an episode, any bar that alarmed." }),
    mark: mark.openapi({ description: 'right and wrong are of a bar that alarmed, missed is of one that did not.' }),
    note: words('a text').default(''),
  },
  { error: expected('an object with date and mark') },
)

export const labelAnswer = z.object({
  market: z.custom<Market>().openapi({ type: 'string' }),
  interval: z.string(),
  date: z.string().openapi({ format: 'date-time' }),
  mark: z.enum(['right', 'wrong', 'missed']),
  note: z.string(),
}) satisfies z.ZodType<Plain<Label>>
