import { z } from 'zod'
import { dateTime, expected, flag, interval, intervalName, market, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const modelReason = z.enum(['set', 'own', 'family', 'any', 'only']).meta({
  id: 'ModelReason',
  description:
    'set: a setting names it. own: trained for this market and interval. family: for any market, and trained on markets of this venue and quote currency. any: for any market. only: no other model fits.',
})
/** Why a stream is judged by its model. */
export type ModelReason = z.output<typeof modelReason>

/** A model and why a stream is judged by it. */
const chosenModel = z
  .object({ name: z.string(), version: z.string(), because: modelReason })
  .meta({ id: 'ChosenModel' })

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
    archived: z.boolean().meta({ description: 'true: its rows are refused, and it is only listed if asked for.' }),
    alarmsPerWeek: z.number(),
    model: chosenModel.meta({ description: 'The model that judges its next bar.' }),
  })
  .meta({ id: 'MarketSummary' })
/** A market with its stored bars. */
export type MarketSummary = Wire<typeof marketSummary>

const archiving = z
  .object({
    market,
    interval,
    archived: z.boolean({ error: expected('true or false') }),
  })
  .meta({ id: 'MarketChange' })

const archivedMarket = z
  .object({ market: marketName, interval: intervalName, archived: z.boolean() })
  .meta({ id: 'MarketState' })

/** The routes for markets. */
export const marketRoutes = routesByName(
  route({
    id: 'getMarkets',
    method: 'GET',
    path: '/api/markets',
    scope: 'read',
    summary: 'List markets and intervals that have bars',
    query: z.object({ archived: flag.meta({ description: 'true: list archived markets as well.' }) }),
    answer: z.object({ markets: z.array(marketSummary) }).meta({ id: 'MarketList' }),
  }),
  route({
    id: 'archiveMarket',
    method: 'PATCH',
    path: '/api/markets',
    scope: 'admin',
    summary: 'Archive a market, or take it into use again',
    description: 'Bars and verdicts of an archived market stay and can be read. Its rows are refused.',
    body: archiving,
    answer: archivedMarket,
    problems: ['ERR_NOT_FOUND', 'ERR_DATABASE_UNREACHABLE'],
  }),
  route({
    id: 'deleteMarket',
    method: 'DELETE',
    path: '/api/markets',
    scope: 'admin',
    summary: 'Delete a market with everything that is stored of it',
    description:
      'Bars, verdicts, corrections, labels and imported rows of the market and interval are gone for good. Interrupted, the call can be repeated; until then the market is archived.',
    query: z
      .object({
        market,
        interval,
        confirm: z
          .string({ error: expected('the name of the market once more') })
          .meta({ description: 'The name of the market once more.' }),
      })
      .refine(({ market: name, confirm }) => name === confirm, {
        path: ['confirm'],
        error: 'Expected the name of the market once more.',
      }),
    answer: z.undefined(),
    status: 204,
    problems: ['ERR_NOT_FOUND', 'ERR_DATABASE_UNREACHABLE'],
  }),
)
