import { z } from 'zod'
import {
  date,
  dateTime,
  defaultInterval,
  defaultMarket,
  expected,
  interval,
  intervalName,
  market,
  marketName,
  nextCursor,
  rangeQuery,
  words,
} from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const mark = z
  .enum(['right', 'wrong', 'missed'], { error: expected('one of right, wrong, missed') })
  .meta({ id: 'Mark', description: 'right or wrong: about an alarm. missed: about a bar that should have alarmed.' })

/** A mark that a person set on a bar. */
export const label = z
  .object({
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: "The bar's open." }),
    mark,
    note: z.string(),
  })
  .meta({ id: 'Label' })
/** A mark as clients read it. */
export type Label = Wire<typeof label>

const labelInput = z
  .object(
    {
      market: market.prefault(defaultMarket),
      interval: interval.prefault(defaultInterval),
      date: date.meta({ description: "The bar's open; for an episode, any of its alarms." }),
      mark,
      note: words('a text').default(''),
    },
    { error: expected('an object with date and mark') },
  )
  .meta({ id: 'LabelInput' })

/** The routes for marks. */
export const labelRoutes = routesByName(
  route({
    id: 'postLabel',
    method: 'POST',
    path: '/api/labels',
    scope: 'ingest',
    summary: 'Mark an alarm as right or wrong, or a bar as missed',
    description: 'A later mark of the same bar replaces the earlier one.',
    body: labelInput,
    bodyError: 'ERR_LABEL_INVALID',
    answer: label,
    status: 201,
    problems: ['ERR_LABEL_MISPLACED'],
  }),
  route({
    id: 'getLabels',
    method: 'GET',
    path: '/api/labels',
    scope: 'read',
    summary: 'List marks',
    description:
      'Oldest first. With `Accept: text/csv`, the events among them in the format of `npm run evaluate -- --labels`.',
    query: rangeQuery,
    answer: z.object({ labels: z.array(label), nextCursor }).meta({ id: 'LabelsPage' }),
    otherAnswerType: 'text/csv',
  }),
)
