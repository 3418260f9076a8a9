import { z } from 'zod'
import type { Market, Ms } from './units.ts'
import { latestMs, maxIntervalMs, maxRows } from './values/limits.ts'

/** The market and interval of a call that names none. */
export const defaultMarket = 'bitstamp:BTC-USD'

/** The interval of rows that name none. */
export const defaultInterval = '1h'

type Issue = { readonly input?: unknown }

/** The message of a field that does not fit: `Expected a date, found "x".` */
export const expected =
  (what: string) =>
  ({ input }: Issue): string =>
    `Expected ${what}, found ${typeof input === 'number' ? input : shown(input)}.`

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  // Written out, thousands of nested arrays would overflow the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return (JSON.stringify(value) ?? String(value)).slice(0, 80)
}

const marketText = 'venue:INSTRUMENT, such as bitstamp:BTC-USD (letters, digits and ._/- , at most 64 characters)'
/** A market, as a client names it. */
export const market = z
  .string({ error: expected(marketText) })
  .regex(/^(?:replay:[A-Za-z0-9._-]{1,40}\/)?(?=.{3,64}$)[A-Za-z0-9._-]+:[A-Za-z0-9._/-]+$/, {
    error: expected(marketText),
  })
  .transform(text => text as Market)
  .meta({
    description: 'Venue and instrument. A replay can have a market of its own: replay:NAME/venue:INSTRUMENT.',
    example: defaultMarket,
  })

const intervalText = 'an interval such as 1m, 1h, 1d or 1w, at most 1M, a month'
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, M: maxIntervalMs } as const

/** An interval: text such as `1h` from the client, milliseconds for the server. */
export const interval = z
  .string({ error: expected(intervalText) })
  .transform((text, context): Ms => {
    const [, count, unit] = /^([1-9]\d{0,5})([smhdwM])$/.exec(text) ?? []
    const ms = Number(count) * unitMs[unit as keyof typeof unitMs]
    if (ms <= maxIntervalMs) return ms as Ms
    context.addIssue({ code: 'custom', message: expected(intervalText)({ input: text }) })
    return z.NEVER
  })
  .meta({ description: 'Length of a bar: 1s to 1w, or 1M for months of the calendar.', example: defaultInterval })

const dateText = 'an ISO 8601 date such as 2021-05-19T12:00:00Z'
/** A date: ISO 8601 from the client, milliseconds for the server. */
export const date = z
  .string({ error: expected(dateText) })
  .transform((text, context): Ms => {
    const ms = parseDate(text)
    if (ms !== null) return ms
    context.addIssue({ code: 'custom', message: expected(dateText)({ input: text }) })
    return z.NEVER
  })
  .meta({ format: 'date-time', example: '2021-05-19T12:00:00Z' })

/** Free text. PostgreSQL can store neither a NUL nor half of a surrogate pair, which is no character. */
export const words = (what: string, most = 500) =>
  z
    .string({ error: expected(what) })
    .max(most, { error: `Expected ${what} of at most ${most} characters.` })
    .regex(/^[^\0\uD800-\uDFFF]*$/u, {
      error: `Expected ${what} without the character U+0000 and without half a surrogate pair (U+D800 to U+DFFF).`,
    })

/** A whole number in a query. */
export const integer = (from: number, to: number) => {
  const error = expected(`a whole number from ${from} to ${to}`)
  return z.coerce.number<number>({ error }).int({ error }).min(from, { error }).max(to, { error })
}

/** A number in a body. The message says so when it was sent as text. */
export const finite = z.number({
  error: (issue: Issue) =>
    typeof issue.input === 'string'
      ? `Expected a JSON number, found the text ${shown(issue.input)}. Send it without quotes.`
      : expected('a finite JSON number')(issue),
})

const percentageError = expected('a percentage from 0 to 100')
/** A percentage in a body. */
export const percentage = z
  .number({ error: percentageError })
  .min(0, { error: percentageError })
  .max(100, { error: percentageError })

/** `true` or `false` in a query. */
export const flag = z
  .enum(['true', 'false'], { error: expected('true or false') })
  .meta({ id: 'Flag' })
  .default('false')

/** The stream that a query is about. */
export const streamQuery = z.object({
  market: market.prefault(defaultMarket),
  interval: interval.prefault(defaultInterval),
})

/** A page of a range of bars: `from` included, `to` excluded. */
export const rangeQuery = streamQuery.extend({
  from: date.optional().meta({ description: 'Open of the first bar.' }),
  to: date.optional().meta({ description: 'Open of the first bar after the range.' }),
  limit: integer(1, maxRows).default(1_000).meta({ description: 'Rows on the page.' }),
  cursor: z.string().optional().meta({ description: 'The nextCursor of the previous page: leads to older rows.' }),
})

// Fields of answers.

/** A market in an answer. */
export const marketName = z
  .templateLiteral([z.string(), ':', z.string()])
  .meta({ pattern: '^[^:]+:.+$', example: defaultMarket })

/** An interval in an answer, such as `1h`. */
export const intervalName = z.string().meta({ example: defaultInterval })

/** A date in an answer: ISO 8601, UTC. */
export const dateTime = z.string().meta({ format: 'date-time', example: '2021-05-19T12:00:00Z' })

/** A time in an answer, in milliseconds since 1970. */
export const epochMs = z.number().meta({ example: 1_621_429_200_000 }) as unknown as z.ZodType<Ms, number>

/** The cursor in the answer of a listing. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Leads to the page of older rows; null on the last page.' })

const datePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)?))?)?$/i

/**
 * Reads `2021-01-01T00:00:00Z`, `2021-01-01 00:00:00+00:00` or `2021-01-01`; a date without a zone is UTC. Returns null for
 * anything else, including 30 February and the last week of 9999.
 */
export function parseDate(text: string): Ms | null {
  const match = datePattern.exec(text)
  if (!match) return null
  const [, ...parts] = match
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(0, 6)
    .map(part => Number(part ?? 0))
  const [fraction = '', , sign, zoneHour = '0', zoneMinute = '0'] = parts.slice(6)
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)))
  const carried = new Date(local)
  // Date.UTC carries 30 February over into March, and takes the year 99 for 1999.
  if (
    carried.getUTCFullYear() !== year ||
    carried.getUTCMonth() !== month - 1 ||
    carried.getUTCDate() !== day ||
    carried.getUTCMinutes() !== minute
  ) {
    return null
  }
  if (second > 59 || Number(zoneHour) > 14 || Number(zoneMinute) > 59) return null
  const offsetMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
  const ms = local - (sign === '-' ? -offsetMs : offsetMs)
  return ms >= 0 && ms <= latestMs ? (ms as Ms) : null
}
