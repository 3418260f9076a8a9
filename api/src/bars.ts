import { z } from 'zod'
import {
  date,
  dateTime,
  defaultInterval,
  defaultMarket,
  expected,
  finite,
  flag,
  integer,
  interval,
  intervalName,
  market,
  marketName,
  nextCursor,
  rangeQuery,
  streamQuery,
} from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { maxPoints } from './values/limits.ts'

const price = finite.meta({ example: 39_000.5 })

// Accepted, but not documented: a client writes volume.
const otherVolume = finite.optional().meta({ undocumented: true })

/** The fields of a row as it is posted. Other fields are ignored: real feeds carry extras. */
export const rowFields = {
  date: date.meta({ description: "The bar's open. A date without a zone is UTC." }),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: finite.meta({
    description: 'In the base currency. VolumeBTC and "Volume BTC" are accepted as names too.',
    example: 397.96,
  }),
  VolumeBTC: otherVolume,
  'Volume BTC': otherVolume,
  market: market.prefault(defaultMarket),
  interval: interval.prefault(defaultInterval),
}

/** A schema of rows with the given fields, whatever name a row has for its volume. */
export function rowOf<T extends z.ZodRawShape>(fields: T) {
  const schema = z.object(fields, { error: expected('an object with date, open, high, low, close and volume') })
  return z.preprocess((posted: z.input<typeof schema>) => withVolume(posted), schema)
}

function withVolume(posted: unknown): unknown {
  if (typeof posted !== 'object' || posted === null || 'volume' in posted) return posted
  const { VolumeBTC, 'Volume BTC': spaced } = posted as Readonly<Record<string, unknown>>
  const volume = VolumeBTC ?? spaced
  return volume === undefined ? posted : { ...posted, volume }
}

/** One closed bar as it is posted. */
export const row = rowOf(rowFields).meta({
  id: 'Row',
  description: 'One closed bar. Fields that are not listed are ignored.',
  example: {
    date: '2021-05-19T12:00:00Z',
    open: 38_650,
    high: 39_150.1,
    low: 30_000,
    close: 36_746.1,
    volume: 5_123.4,
  },
})
/** A row after its check: dates and intervals in milliseconds. */
export type Row = Readonly<z.output<typeof row>>

/** Fields of the five numbers of a bar. */
export const numberFields = {
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
}

/** The five numbers of a bar. */
export const barNumbers = z.object(numberFields).readonly().meta({ id: 'BarNumbers' })

/** The five numbers of a bar. */
export interface BarNumbers extends z.output<typeof barNumbers> {}

/** A bar in an answer. */
export const bar = z
  .object({
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: "The bar's open." }),
    ...numberFields,
  })
  .meta({ id: 'Bar' })
/** A bar as clients read it. */
export type Bar = Wire<typeof bar>

/** Bars of a range put together for a chart. */
export const candle = bar
  .extend({
    interval: intervalName.meta({ description: 'The width of the candle.' }),
    bars: z.number().meta({ description: 'How many bars open within it.' }),
    anomalies: z.number().meta({ description: 'How many of them are anomalies.' }),
    faults: z.number().meta({ description: 'How many of them are feed faults.' }),
  })
  .meta({ id: 'Candle' })
/** A candle of a chart; it can stand for several bars. */
export type Candle = Wire<typeof candle>

const barsQuery = rangeQuery
  .extend({
    points: integer(1, maxPoints).optional().meta({
      description:
        'For a chart: the whole range in at most this many candles. Their width is the least of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d, 2d, 7d, 14d, … that is enough, and at least the interval of the bars. Candles open at whole multiples of their width since 1970, UTC; one that an end of the range falls into is whole. There is no further page, and limit has no effect.',
    }),
  })
  .refine(({ points, cursor }) => points === undefined || cursor === undefined, {
    path: ['cursor'],
    error: 'Expected no cursor together with points: the whole range comes at once.',
  })

/** The routes for bars. */
export const barRoutes = routesByName(
  route({
    id: 'getBars',
    method: 'GET',
    path: '/api/bars',
    scope: 'read',
    summary: 'List bars',
    description:
      'Oldest first. Without a cursor, the newest bars of the range; with points, the whole range as candles.',
    query: barsQuery,
    answer: z.object({ bars: z.union([z.array(candle), z.array(bar)]), nextCursor }).meta({ id: 'BarsPage' }),
  }),
  route({
    id: 'getBarsCsv',
    method: 'GET',
    path: '/api/bars.csv',
    scope: 'read',
    summary: 'Download bars as a CSV file',
    description:
      'Any range, oldest first, a header and a line for each bar. POST /api/imports and --csv read this file.',
    query: streamQuery.extend({
      from: date.optional(),
      to: date.optional().meta({ description: 'Not included.' }),
      verdicts: flag.meta({ description: 'true: with status, severity and p_value of each bar.' }),
    }),
    answer: z.string(),
    answerType: 'text/csv',
  }),
)
