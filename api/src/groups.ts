import { z } from 'zod'
import { episodeAnswer } from './episode.ts'
import { date, dateTime, expected, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const nameText = 'a name of 1 to 40 letters, digits, spaces or ._-'
/** The name of a group of markets. */
export const groupName = z
  .string({ error: expected(nameText) })
  .regex(/^(?! )[\p{L}\p{N} ._-]{1,40}$/u, { error: expected(nameText) })
  .meta({ example: 'majors' })

const patternText = 'a market or a pattern of markets, such as binance:*, *:BTC-USD or binance:*@1h'
/** A market or a pattern of markets, with or without an interval. */
export const marketPattern = z
  .string({ error: expected(patternText) })
  .max(120, { error: expected(patternText) })
  .regex(/^[A-Za-z0-9._:/*-]+(@[1-9]\d{0,5}[smhdwM])?$/, { error: expected(patternText) })
  .meta({ description: 'A * stands for any text. Markets of replays fit only a pattern that begins with replay:.' })

const mostMembers = 1_000
/** A list of markets and patterns. */
export const marketPatterns = z
  .array(marketPattern, { error: expected('a list of markets') })
  .max(mostMembers, { error: `Expected at most ${mostMembers} markets or patterns.` })

const groupChange = z
  .object({ name: groupName, members: marketPatterns }, { error: expected('an object with name and members') })
  .meta({ id: 'GroupChange', example: { name: 'majors', members: ['binance:BTC-USDT', '*:ETH-*'] } })

const group = z
  .object({
    name: z.string(),
    members: z.array(z.string()),
    markets: z.array(marketName).meta({ description: 'The markets with bars that it has now.' }),
  })
  .meta({ id: 'MarketGroup' })
const groupList = z.object({ groups: z.array(group).meta({ description: 'By name.' }) }).meta({ id: 'MarketGroupList' })
/** All groups of markets. */
export type GroupList = Wire<typeof groupList>

const marketWide = z
  .object({
    group: z.string(),
    markets: z.number().meta({ description: 'How many markets the group has.' }),
    from: z.number().meta({ description: 'How many of them have to move at once.' }),
    moves: z
      .array(
        z
          .object({
            start: dateTime.meta({ description: 'Open of the first alarm.' }),
            end: dateTime.meta({ description: 'Open of the last alarm.' }),
            markets: z.array(marketName).meta({ description: 'The markets that moved.' }),
            pValue: z.number().meta({ description: 'The least among the episodes.' }),
            episodes: z.array(episodeAnswer),
          })
          .meta({ id: 'MarketWideMove' }),
      )
      .meta({ description: 'Oldest first.' }),
  })
  .meta({ id: 'MarketWideMoves' })
/** The moves of a whole group. */
export type MarketWideMoves = Wire<typeof marketWide>

/** The routes for groups of markets. */
export const groupRoutes = routesByName(
  route({
    id: 'getGroups',
    method: 'GET',
    path: '/api/groups',
    scope: 'read',
    summary: 'List groups of markets',
    answer: groupList,
  }),
  route({
    id: 'putGroup',
    method: 'PUT',
    path: '/api/groups',
    scope: 'admin',
    summary: 'Add a group of markets, or change the one of that name',
    description: 'Markets that move together: when many of them move at once, it counts as one incident.',
    body: groupChange,
    bodyError: 'ERR_GROUP_INVALID',
    answer: groupList,
    problems: ['ERR_NOT_STORED', 'ERR_DATABASE_UNREACHABLE'],
  }),
  route({
    id: 'deleteGroup',
    method: 'DELETE',
    path: '/api/groups',
    scope: 'admin',
    summary: 'Delete a group of markets',
    query: z.object({ name: groupName }),
    answer: groupList,
    problems: ['ERR_NOT_FOUND', 'ERR_DATABASE_UNREACHABLE'],
  }),
  route({
    id: 'getMarketWideMoves',
    method: 'GET',
    path: '/api/market-wide',
    scope: 'read',
    summary: 'List the moves of a whole group',
    description:
      'Wherever, within six hours, episodes of a third of its markets and of three at least begin. Of the newest 5,000 episodes of all markets in the range.',
    query: z.object({
      group: groupName,
      from: date.optional(),
      to: date.optional().meta({ description: 'Not included.' }),
    }),
    answer: marketWide,
    problems: ['ERR_NOT_FOUND'],
  }),
)
