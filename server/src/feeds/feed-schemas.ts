import { type FeedFaultKind, feedFaultKinds } from '@candlewatch/api/feeds'
import { z } from 'zod'
import { interval, market } from '../http/schemas.ts'

export const feedsQuery = z.object({ market: market.optional(), interval: interval.optional() })

const date = z.string().openapi({ format: 'date-time' })
const occurrence = z
  .object({
    date: date.openapi({ description: 'The open of the row at fault; of a stale feed, of the bar that did not come.' }),
    seen: date,
    evidence: z.string(),
  })
  .openapi('FaultOccurrence')
const byKind = <T extends z.ZodType>(schema: T) =>
  z.object(Object.fromEntries(feedFaultKinds.map(kind => [kind, schema])) as Record<FeedFaultKind, T>)

export const feedAnswer = z
  .object({
    market: z.string(),
    interval: z.string(),
    state: z.enum(['live', 'stale', 'past', 'empty']).openapi({
      description:
        'live: bars come when they are due. stale: the next one is overdue. past: rows of the past, which are never overdue. empty: no row was taken yet.',
    }),
    evidence: z.string().openapi({ description: 'Why it is in this state, in one sentence.' }),
    lastBar: date.nullable().openapi({ description: "The newest bar's open." }),
    lastSeen: date.nullable().openapi({ description: 'When that bar came.' }),
    dueAt: date.nullable().openapi({
      description:
        'When the next bar must be here: its close, what is usual for this feed to take, and a tenth of the interval (10 s at least). null unless live or stale.',
    }),
    usualLatenessMs: z.number().nullable().openapi({
      description: 'How long after its close a bar comes: the median of the last 20 on time. null before one was.',
    }),
    lastFault: occurrence.extend({ kind: z.enum(feedFaultKinds) }).nullable(),
    countedSince: date.openapi({ description: 'When the server started: what follows counts from then on.' }),
    counts: byKind(z.number()).openapi({
      description:
        'gap, flat, badTick, unlikely: faults of verdicts. stale: times that the feed fell silent. duplicate: rows that came again, equal. Refused requests, each counted by its first row at fault: impossible (no such candle can exist, or not yet), conflict (known with other numbers), late (older than the newest bar and never seen).',
    }),
    last: byKind(occurrence.nullable()),
  })
  .openapi('Feed')
