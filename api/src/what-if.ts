import { z } from 'zod'
import { defaultInterval, defaultMarket, expected, finite, interval, market } from './fields.ts'
import { route, routesByName } from './route.ts'
import { verdictAnswer } from './verdict.ts'

const price = finite.optional()

/** A made-up bar: each number that is left out follows from the others. */
export const madeUpBar = z
  .object(
    {
      market: market.prefault(defaultMarket),
      interval: interval.prefault(defaultInterval),
      open: price.meta({ description: 'The newest close unless given.' }),
      high: price.meta({ description: 'The highest of open, low and close unless given.' }),
      low: price.meta({ description: 'The lowest of open, high and close unless given.' }),
      close: price.meta({ description: 'The open unless given.' }),
      volume: finite.optional().meta({ description: 'What is forecast of it, or the newest volume, unless given.' }),
    },
    { error: expected('an object with open, high, low, close or volume') },
  )
  .meta({ id: 'MadeUpBar', example: { market: defaultMarket, interval: defaultInterval, close: 36_000 } })

/** The route for made-up bars. */
export const whatIfRoutes = routesByName(
  route({
    id: 'postWhatIf',
    method: 'POST',
    path: '/api/what-if',
    scope: 'read',
    summary: 'Try a made-up next bar',
    description:
      'The verdict that the next bar of a market would get if it had these numbers. Nothing is stored and nothing is learned.',
    body: madeUpBar,
    bodyError: 'ERR_ROW_INVALID',
    answer: verdictAnswer,
    problems: [
      'ERR_NOT_FOUND',
      'ERR_BAR_IMPOSSIBLE',
      'ERR_MARKET_ARCHIVED',
      'ERR_BUSY',
      'ERR_STOPPING',
      'ERR_STREAM_MOVED',
      'ERR_DATABASE_UNREACHABLE',
    ],
  }),
)
