import { z } from 'zod'
import { barAnswer, integer, rangeQuery } from '../http/schemas.ts'

/** A candle is made of up to 30 bars of 1m: 60,000 rows are read in less than a tenth of a second. */
export const mostPoints = 2_000

export const barsQuery = rangeQuery
  .extend({
    points: integer(1, mostPoints).optional().openapi({
      description:
        'Ask for a chart: the whole range in so many candles at most. The width is the least of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d, 2d, 7d, 14d, … that does, from the bars’ own interval on; candles open at whole multiples of it since 1970, UTC, and are whole where the range ends within one. No page follows, and limit plays no part.',
    }),
  })
  .refine(({ points, cursor }) => points === undefined || cursor === undefined, {
    path: ['cursor'],
    error: 'Expected no cursor beside points: the whole range comes at once.',
  })

export const candleAnswer = barAnswer
  .extend({
    interval: z.string().openapi({ description: 'The width of the candle.' }),
    bars: z.number().openapi({ description: 'How many bars open within it.' }),
    anomalies: z.number().openapi({ description: 'How many of them alarmed.' }),
    faults: z.number().openapi({ description: 'How many of them were faults of the feed.' }),
  })
  .openapi('Candle')
