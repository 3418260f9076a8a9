import { z } from 'zod'
import { dateTime, interval, intervalName, market, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

/** The faults that are counted for each feed. */
export const feedFaultKinds = [
  'gap',
  'flat',
  'repeat',
  'break',
  'badTick',
  'unlikely',
  'stale',
  'duplicate',
  'impossible',
  'conflict',
  'late',
] as const
/** A kind of feed fault that is counted. */
export type FeedFaultKind = (typeof feedFaultKinds)[number]

const faultOccurrence = z
  .object({
    date: dateTime.meta({ description: 'Open of the row at fault; for a stale feed, of the bar that did not come.' }),
    seen: dateTime.meta({ description: 'When it was noticed.' }),
    evidence: z.string(),
  })
  .meta({ id: 'FaultOccurrence' })
/** One occurrence of a feed fault. */
export type FaultOccurrence = Wire<typeof faultOccurrence>

const byKind = <T extends z.ZodType>(schema: T) =>
  z.object(Object.fromEntries(feedFaultKinds.map(kind => [kind, schema])) as Record<FeedFaultKind, T>)

/** The states of a feed. */
export const feedStates = ['live', 'closed', 'stale', 'past', 'empty'] as const

/** The health of a stream's feed. */
export const feed = z
  .object({
    market: marketName,
    interval: intervalName,
    state: z.enum(feedStates).meta({
      id: 'FeedState',
      description:
        'live: bars come when they are due. closed: the market has closed; the next bar is expected when it opens. stale: the next bar is overdue. past: rows of the past, which are never overdue. empty: no row was accepted yet.',
    }),
    evidence: z.string().meta({ description: 'Why it is in this state, in one sentence.' }),
    lastBar: dateTime.nullable().meta({ description: "The newest bar's open." }),
    lastSeen: dateTime.nullable().meta({ description: 'When that bar came.' }),
    dueAt: dateTime.nullable().meta({
      description:
        'When the next bar must be here: its close, the usual lateness of this feed, and a tenth of the interval (at least 10 s). In closed hours, the first bar after them. null unless live, closed or stale.',
    }),
    usualLatenessMs: z.number().nullable().meta({
      description: 'How long after its close a bar comes: the median of the last 20 on time. null before the first.',
    }),
    lastFault: faultOccurrence
      .extend({ kind: z.enum(feedFaultKinds).meta({ id: 'FeedFaultKind' }) })
      .meta({ id: 'LastFeedFault' })
      .nullable(),
    countedSince: dateTime.meta({ description: 'When the server started; counts start there.' }),
    counts: byKind(z.number()).meta({
      id: 'FeedFaultCounts',
      description:
        'gap, flat, repeat, break, badTick, unlikely: faults of verdicts. stale: how often the feed fell silent. duplicate: rows that came again, equal. Refused requests, each counted by its first row at fault: impossible (such a bar cannot exist, or not yet), conflict (stored with other numbers), late (older than the newest bar and not stored).',
    }),
    last: byKind(faultOccurrence.nullable()).meta({
      id: 'LastFeedFaults',
      description: 'The last fault of each kind; null for none.',
    }),
  })
  .meta({ id: 'Feed' })
/** The health of a feed. */
export type Feed = Wire<typeof feed>

/** The routes for feeds. */
export const feedRoutes = routesByName(
  route({
    id: 'getFeeds',
    method: 'GET',
    path: '/api/feeds',
    scope: 'read',
    summary: 'Show the health of feeds',
    description:
      'Do bars come when they are due, and what was wrong with those that came? Sorted by market and interval; without market or interval, every feed. Repeated and refused rows are counted here and have no other effect.',
    query: z.object({ market: market.optional(), interval: interval.optional() }),
    answer: z.object({ feeds: z.array(feed) }).meta({ id: 'FeedList' }),
  }),
)
