import { z } from 'zod'
import { barNumbers, rowFields, rowOf } from './bars.ts'
import { dateTime, expected, intervalName, marketName, nextCursor, rangeQuery, words } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { verdictAnswer } from './verdict.ts'

const reason = words('a reason, in words')
  .trim()
  .min(1, { error: expected('a reason, in words') })
  .meta({ example: 'The exchange corrected the low of a busted trade.' })

const correctionInput = rowOf({ ...rowFields, reason }).meta({
  id: 'CorrectionInput',
  description: 'The right numbers of a bar that was judged with wrong ones.',
})

/** A correction of a judged bar. */
export const correction = z
  .object({
    id: z.number(),
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: "The bar's open." }),
    revision: z.number().meta({ description: '1 is the first correction of the bar.' }),
    reason: z.string(),
    at: dateTime.meta({ description: 'When it was made.' }),
    withdrawn: z.number().meta({ description: 'How many verdicts it withdrew.' }),
    before: barNumbers,
    after: barNumbers,
  })
  .meta({ id: 'Correction' })
/** A correction of a judged bar, as clients read it. */
export type Correction = Wire<typeof correction>

const corrected = z
  .object({
    correction: correction.nullable().meta({ description: 'null when the bar had these numbers already.' }),
    verdict: verdictAnswer,
    judgedAgain: z.number().meta({ description: 'How many bars were judged again: this one and those after it.' }),
  })
  .meta({ id: 'CorrectionResult' })

/** The routes for corrections. */
export const correctionRoutes = routesByName(
  route({
    id: 'postCorrection',
    method: 'POST',
    path: '/api/corrections',
    scope: 'admin',
    summary: 'Correct the numbers of a bar that was judged',
    description:
      'The bar and all bars after it are judged again. Verdicts that no longer hold are kept as withdrawn, with the reason. Sending the stored numbers changes nothing and answers 200.',
    body: correctionInput,
    bodyError: 'ERR_CORRECTION_INVALID',
    answer: corrected,
    status: 201,
    otherAnswers: { 200: corrected },
    problems: [
      'ERR_CORRECTION_UNKNOWN',
      'ERR_CORRECTION_OLD',
      'ERR_BAR_IMPOSSIBLE',
      'ERR_BAR_MISALIGNED',
      'ERR_BAR_FUTURE',
      'ERR_NOT_STORED',
      'ERR_BUSY',
      'ERR_STOPPING',
      'ERR_DATABASE_UNREACHABLE',
    ],
  }),
  route({
    id: 'getCorrections',
    method: 'GET',
    path: '/api/corrections',
    scope: 'read',
    summary: 'List corrections of a range of bars',
    description: 'In the order in which they were made.',
    query: rangeQuery,
    answer: z.object({ corrections: z.array(correction), nextCursor }).meta({ id: 'CorrectionsPage' }),
  }),
  route({
    id: 'getCorrection',
    method: 'GET',
    path: '/api/corrections/:id',
    scope: 'read',
    summary: 'Get a correction and the verdicts that it withdrew',
    query: rangeQuery.pick({ limit: true }),
    answer: z
      .object({ correction, withdrawn: z.array(verdictAnswer).meta({ description: 'Oldest first, as they were.' }) })
      .meta({ id: 'CorrectionDetail' }),
    problems: ['ERR_NOT_FOUND'],
  }),
)
