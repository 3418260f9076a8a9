import { z } from 'zod'
import { episodeAnswer } from './episode.ts'
import { date, dateTime, expected, intervalName, marketName, streamQuery, words } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const allowed = expected('a number above 0, up to 168 (one an hour)')
/** A budget in a body. */
export const alarmsPerWeek = z.number({ error: allowed }).positive({ error: allowed }).max(168, { error: allowed })

const budgetChange = z
  .object(
    {
      alarmsPerWeek,
      note: words('a text').default('').meta({ description: 'Why, for the history.' }),
    },
    { error: expected('an object with alarmsPerWeek') },
  )
  .meta({ id: 'BudgetChange', example: { alarmsPerWeek: 2, note: 'Too quiet in June.' } })

/** A budget and since when it applies, to all streams without one of their own. */
export const budgetRecord = z
  .object({
    alarmsPerWeek: z.number(),
    feedShare: z.number().meta({ description: 'The share of the alarm budget for implausible rows.' }),
    since: dateTime,
    note: z.string(),
  })
  .meta({ id: 'BudgetRecord' })
/** An alarm budget with its time and note. */
export type BudgetRecord = Wire<typeof budgetRecord>

/** An alarm budget with the earlier ones. */
export const budget = budgetRecord
  .extend({ history: z.array(budgetRecord).meta({ description: 'Newest first, this one included.' }) })
  .meta({ id: 'Budget' })
/** The current alarm budget and its history. */
export type Budget = Wire<typeof budget>

const rehearsalQuery = streamQuery
  .extend({
    alarmsPerWeek: z.coerce.number<number>({ error: allowed }).pipe(alarmsPerWeek).meta({ example: 2 }),
    from: date.optional(),
    to: date.optional().meta({ description: 'Not included.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    error: 'Expected a date after from.',
    path: ['to'],
  })

const episodeCount = z.object({ episodes: z.number(), perWeek: z.number() }).meta({ id: 'EpisodeCount' })
/** The alarms of past bars under another budget. */
export const rehearsal = z
  .object({
    market: marketName,
    interval: intervalName,
    alarmsPerWeek: z.number(),
    promised: z.number().meta({ description: 'How many episodes the budget allows in this time.' }),
    from: dateTime.nullable().meta({ description: 'Open of the first bar; null without any.' }),
    to: dateTime.nullable().meta({ description: 'Open of the last bar.' }),
    bars: z.number(),
    now: episodeCount.meta({ description: 'Episodes as they are stored.' }),
    rehearsed: episodeCount.meta({ description: 'Episodes under the budget of the query.' }),
    appearing: z
      .array(episodeAnswer)
      .meta({ description: 'Further from any stored episode than alarms that are merged under this budget.' }),
    vanishing: z.array(episodeAnswer),
    staying: z.number().meta({ description: 'Stored episodes that would come under both.' }),
    exactness: z
      .object({ bars: z.number(), differing: z.number(), because: z.string() })
      .meta({ id: 'RehearsalExactness' })
      .meta({
        description: 'With the budgets that were in force, how many bars come out other than they are stored.',
      }),
  })
  .meta({ id: 'Rehearsal' })
/** The answer of a rehearsal. */
export type Rehearsal = Wire<typeof rehearsal>

/** The routes for the alarm budget. */
export const budgetRoutes = routesByName(
  route({
    id: 'getBudget',
    method: 'GET',
    path: '/api/budget',
    scope: 'read',
    summary: 'Get the alarm budget and its history',
    description: 'How many false alarms per week are accepted of each stream that has no budget of its own.',
    answer: budget,
  }),
  route({
    id: 'putBudget',
    method: 'PUT',
    path: '/api/budget',
    scope: 'admin',
    summary: 'Change the alarm budget',
    description:
      'It applies from the next bar of each stream; verdicts stay as they are. The same budget again changes nothing. GET /api/rehearsal shows its effect first.',
    body: budgetChange,
    bodyError: 'ERR_BUDGET_INVALID',
    answer: budget,
    problems: ['ERR_NOT_STORED', 'ERR_DATABASE_UNREACHABLE'],
  }),
  route({
    id: 'getRehearsal',
    method: 'GET',
    path: '/api/rehearsal',
    scope: 'read',
    summary: 'Try a budget on past verdicts',
    description:
      'Which alarms would come and which would go. Uses the stored scores, each bar by those before it, and changes nothing. Without from and to, the newest 10,000 bars; of a longer range, its newest.',
    query: rehearsalQuery,
    answer: rehearsal,
    problems: ['ERR_BUSY'],
  }),
)
