import { z } from 'zod'
import { date, dateTime, expected, flag, integer, intervalName, marketName, percentage } from './fields.ts'
import { groupName, marketPatterns } from './groups.ts'
import { route, routesByName, type Wire } from './route.ts'
import { maxRows } from './values/limits.ts'

const rate = expected('a number above 0, up to 1,000')
const mostGroups = 100

const profileChange = z
  .object(
    {
      markets: marketPatterns.optional(),
      groups: z
        .array(groupName, { error: expected('a list of names of groups') })
        .max(mostGroups, { error: `Expected at most ${mostGroups} groups.` })
        .optional(),
      episodesPerWeek: z
        .number({ error: rate })
        .positive({ error: rate })
        .max(1_000, { error: rate })
        .optional()
        .meta({ description: 'Over all streams together.' }),
      leastSizePercent: percentage.optional(),
    },
    { error: expected('an object with settings of a profile') },
  )
  .meta({ id: 'ProfileChange', example: { markets: ['*'], groups: [], episodesPerWeek: 7, leastSizePercent: 1 } })

const profile = z
  .object({
    id: z.string().meta({ description: 'The id of an API key; default for all who have not changed theirs.' }),
    markets: z.array(z.string()).meta({ description: 'The markets that are watched, and patterns of them.' }),
    groups: z.array(z.string()).meta({ description: 'The groups of markets that are watched.' }),
    episodesPerWeek: z.number().meta({ description: 'The budget over all watched streams.' }),
    leastSizePercent: z.number().meta({ description: 'Smaller moves are not reported to you.' }),
    streams: z.number().meta({ description: 'How many streams with bars are watched now.' }),
  })
  .meta({ id: 'Profile' })
/** The markets and groups that a person watches, and their budget of episodes. */
export type Profile = Wire<typeof profile>

const toldReason = z.enum(['within-budget', 'rare', 'budget-used', 'small']).meta({
  id: 'ToldReason',
  description:
    'The budget was not used up; it was, and this is among the rarest; it was, and rarer ones came; the move is smaller than what is worth telling.',
})
/** Why an incident was told or not. */
export type ToldReason = z.output<typeof toldReason>

/** An incident: what counts as one against the budget of a person. */
export const incident = z
  .object({
    profile: z.string(),
    n: z.number().meta({ description: 'Counts up in the order in which incidents began.' }),
    at: dateTime.meta({ description: 'Close of the bar with which it began.' }),
    told: dateTime.nullable().meta({ description: 'Close of the bar at which it was told; null if it was not.' }),
    because: toldReason,
    perWeek: z.number().meta({ description: 'How many bars a week of its stream are as rare.' }),
    group: z.string().nullable().meta({ description: 'The group that moved as a whole; null for one market.' }),
    episodes: z.array(
      z
        .object({ id: z.string(), market: marketName, interval: intervalName, start: dateTime })
        .meta({ id: 'IncidentEpisode' }),
    ),
  })
  .meta({ id: 'Incident' })
/** An incident as clients read it. */
export type Incident = Wire<typeof incident>

const told = z
  .object({ profile: z.string(), incidents: z.array(incident).meta({ description: 'Oldest first.' }) })
  .meta({ id: 'Told' })

/** The routes for profiles, and for the incidents that were reported to them. */
export const toldRoutes = routesByName(
  route({
    id: 'getProfile',
    method: 'GET',
    path: '/api/profile',
    scope: 'read',
    summary: 'Get your profile: what you watch, and your budget',
    answer: profile,
  }),
  route({
    id: 'changeProfile',
    method: 'PATCH',
    path: '/api/profile',
    scope: 'read',
    summary: 'Change your profile: what you watch, and your budget',
    description:
      'Each API key has a profile of its own from its first change on. Fields that are left out stay. It counts from the next episode; what is judged does not depend on it.',
    body: profileChange,
    bodyError: 'ERR_PROFILE_INVALID',
    answer: profile,
    problems: ['ERR_NOT_STORED', 'ERR_DATABASE_UNREACHABLE'],
  }),
  route({
    id: 'getTold',
    method: 'GET',
    path: '/api/told',
    scope: 'read',
    summary: 'List the incidents of all markets that were reported to you',
    description:
      'While fewer incidents come than your budget allows, all are reported to you; otherwise the rarest. Many markets of a group that move at once count as one, and one market at several intervals as well. The newest of the range.',
    query: z.object({
      from: date.optional().meta({ description: 'Close of the bar with which an incident began.' }),
      to: date.optional().meta({ description: 'Not included.' }),
      all: flag.meta({ description: 'true: also list those that were not reported, and why.' }),
      limit: integer(1, maxRows).default(1_000),
    }),
    answer: told,
  }),
)
