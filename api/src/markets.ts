import { z } from 'zod'
import { dateTime, intervalName, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { modelName } from './verdict.ts'

/** A stream that has bars. */
export const marketSummary = z
  .object({
    market: marketName,
    interval: intervalName,
    replayOf: marketName.nullable().meta({
      description: 'The market whose rows a replay sends to this market of its own; null for any other market.',
    }),
    bars: z.number(),
    first: dateTime.meta({ description: 'Open of the first bar.' }),
    last: dateTime.meta({ description: 'Open of the last bar.' }),
    alarmsPerWeek: z.number(),
    model: modelName,
  })
  .meta({ id: 'MarketSummary' })
/** A market with its stored bars. */
export type MarketSummary = Wire<typeof marketSummary>

/** The routes for markets. */
export const marketRoutes = routesByName(
  route({
    id: 'getMarkets',
    method: 'GET',
    path: '/api/markets',
    scope: 'read',
    summary: 'List markets and intervals that have bars',
    answer: z.object({ markets: z.array(marketSummary) }).meta({ id: 'MarketList' }),
  }),
)
