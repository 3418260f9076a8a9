import { z } from 'zod'
import type { Market, Ms } from './units.ts'

/** A market in an answer: it was checked when it came in. */
export const marketName = z.string().meta({ example: 'bitstamp:BTC-USD' }) as unknown as z.ZodType<Market>

/** A moment in an answer, in milliseconds since 1970, UTC. */
export const epochMs = z.number().meta({ example: 1_621_429_200_000 }) as unknown as z.ZodType<Ms>

/** A moment in an answer, as ISO 8601 text in UTC. */
export const isoDateTime = z.string().meta({ format: 'date-time', example: '2021-05-19T12:00:00Z' })
