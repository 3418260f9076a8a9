import { z } from 'zod'
import { alarmsPerWeek } from './budget.ts'
import {
  dateTime,
  expected,
  interval,
  intervalName,
  market,
  marketName,
  percentage,
  streamQuery,
  words,
} from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { tradingCalendar } from './trading-calendar.ts'

const onOrOff = z.boolean({ error: expected('true or false') }).optional()

const streamSettingsChange = z
  .object(
    {
      market,
      interval,
      alarmsPerWeek: alarmsPerWeek.nullable().optional().meta({ description: 'null: the budget for all streams.' }),
      leastSizePercent: percentage.optional(),
      marketLane: onOrOff,
      feedLane: onOrOff,
      calendar: z
        .object(tradingCalendar.shape)
        .meta({ id: 'TradingCalendarChange' })
        .nullable()
        .optional()
        .meta({ description: 'null: the hours are learned from the bars.' }),
      note: words('a text').default('').meta({ description: 'Why, for the history.' }),
    },
    { error: expected('an object with market and interval') },
  )
  .meta({
    id: 'StreamSettingsChange',
    example: { market: 'bitstamp:BTC-USD', interval: '1h', leastSizePercent: 1, note: 'Small moves are no news.' },
  })

const settingsFields = {
  alarmsPerWeek: z.number().nullable().meta({ description: 'null: the budget for all streams.' }),
  leastSizePercent: z
    .number()
    .meta({ description: 'Smaller moves are judged and listed like others, but not reported to anyone.' }),
  marketLane: z.boolean().meta({ description: 'false: no move is an alarm.' }),
  feedLane: z
    .boolean()
    .meta({ description: 'false: no row is a fault because it is unlikely; gaps and bad ticks are.' }),
  calendar: tradingCalendar.nullable().meta({
    description: 'The hours of the market; null: learned from its bars. A change starts a new engine.',
  }),
} as const

/** Settings of a stream, and since when they apply. */
export const streamSettingsRecord = z
  .object({ market: marketName, interval: intervalName, ...settingsFields, since: dateTime, note: z.string() })
  .meta({ id: 'StreamSettingsRecord' })
/** Settings of a stream with their time and note. */
export type StreamSettingsRecord = Wire<typeof streamSettingsRecord>

/** The settings of a stream, the budget that follows from them, and their history. */
export const streamSettings = z
  .object({
    market: marketName,
    interval: intervalName,
    ...settingsFields,
    inForce: z
      .object({ alarmsPerWeek: z.number(), feedShare: z.number() })
      .meta({ id: 'BudgetInForce' })
      .meta({ description: 'What the next bar is judged by; its verdict states it.' }),
    since: dateTime.nullable().meta({ description: 'null: nothing was ever set for this stream.' }),
    note: z.string(),
    history: z.array(streamSettingsRecord).meta({ description: 'Newest first, the ones in force included.' }),
  })
  .meta({ id: 'StreamSettings' })
/** The settings of a stream and their history. */
export type StreamSettings = Wire<typeof streamSettings>

/** The routes for the settings of streams. */
export const settingsRoutes = routesByName(
  route({
    id: 'getSettings',
    method: 'GET',
    path: '/api/settings',
    scope: 'read',
    summary: 'Get the settings of a stream and their history',
    query: streamQuery,
    answer: streamSettings,
  }),
  route({
    id: 'changeSettings',
    method: 'PATCH',
    path: '/api/settings',
    scope: 'admin',
    summary: 'Change settings of a stream',
    description:
      'They apply from the next bar of the stream; verdicts stay as they are. A field that is left out stays as it is. One lane at least stays on.',
    body: streamSettingsChange,
    bodyError: 'ERR_SETTINGS_INVALID',
    answer: streamSettings,
    problems: ['ERR_NOT_STORED', 'ERR_DATABASE_UNREACHABLE'],
  }),
)
