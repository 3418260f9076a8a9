import { z } from 'zod'
import { streamEvents } from './events.ts'
import { streamQuery } from './fields.ts'
import { route, routesByName } from './route.ts'

/** The routes for the event stream. */
export const streamRoutes = routesByName(
  route({
    id: 'getStream',
    method: 'GET',
    path: '/api/stream',
    scope: 'read',
    summary: 'Follow a stream with server-sent events',
    description: `Events: ${Object.keys(streamEvents).join(', ')}. The schema StreamEvent has the data of each. Events of bars, verdicts, replays and feeds are about the stream in the query, the others go to every client. A verdict has an id: the Last-Event-ID header or lastEventId resumes after it, with nothing lost and nothing sent twice.`,
    query: streamQuery.extend({
      lastEventId: z
        .union([z.literal(''), z.string().regex(/^\d{1,15}$/)], {
          error: () => 'Expected the id of an earlier event, a whole number.',
        })
        .optional()
        .meta({ description: 'The id of the last event that was received.' }),
    }),
    answer: z.string(),
    answerType: 'text/event-stream',
    problems: ['ERR_STOPPING', 'ERR_BUSY', 'ERR_RATE_LIMITED', 'ERR_DATABASE_UNREACHABLE'],
  }),
)
