import { z } from 'zod'
import { date, episodeAnswer, expected, streamQuery, words } from '../http/schemas.ts'
import type { Rehearsal } from './rehearsal.ts'

const range = expected('a number above 0, up to 168 (one an hour)')
const alarmsPerWeek = z.number({ error: range }).positive({ error: range }).max(168, { error: range })

export const budgetChange = z
  .object(
    {
      alarmsPerWeek,
      note: words('a text').default('').openapi({ description: 'Why, for those who look back.' }),
    },
    { error: expected('an object with alarmsPerWeek') },
  )
  .openapi('BudgetChange', { example: { alarmsPerWeek: 2, note: 'Too quiet in June.' } })

const inForce = {
  alarmsPerWeek: z.number(),
  feedShare: z.number().openapi({ description: 'Of that budget, what goes to rows that are hard to believe.' }),
  since: z.string().openapi({ format: 'date-time' }),
  note: z.string(),
}
export const budgetAnswer = z
  .object({ ...inForce, history: z.array(z.object(inForce)).openapi({ description: 'Newest first, this one too.' }) })
  .openapi('Budget')

export const rehearsalQuery = streamQuery
  .extend({
    alarmsPerWeek: z.coerce.number({ error: range }).pipe(alarmsPerWeek).openapi({ type: 'number', example: 2 }),
    from: date.optional(),
    to: date.optional().openapi({ description: 'Not included.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    error: 'Expected a date after from.',
    path: ['to'],
  })

const counted = z.object({ episodes: z.number(), perWeek: z.number() })
export const rehearsalAnswer = z
  .object({
    market: z.string(),
    interval: z.string(),
    alarmsPerWeek: z.number(),
    promised: z.number().openapi({ description: 'Episodes that the budget would allow for in so long.' }),
    from: z
      .string()
      .nullable()
      .openapi({ format: 'date-time', description: 'Open of the first bar; null without any.' }),
    to: z.string().nullable().openapi({ format: 'date-time', description: 'Open of the last bar.' }),
    bars: z.number(),
    now: counted.openapi({ description: 'Alarms as they were raised.' }),
    rehearsed: counted.openapi({ description: 'Alarms as that budget would have raised them.' }),
    appearing: z.array(episodeAnswer).openapi({ description: 'No stored episode is within six hours of these.' }),
    vanishing: z.array(episodeAnswer),
    staying: z.number().openapi({ description: 'Stored episodes that would have come too.' }),
    exactness: z.object({ bars: z.number(), differing: z.number(), because: z.string() }).openapi({
      description: 'How many bars come out as they were stored when the budgets that were in force are tried.',
    }),
  })
  .openapi('Rehearsal') satisfies z.ZodType<Rehearsal>
