import { z } from 'zod'
import { barNumbers, rowFields, rowOf } from './bars.ts'
import {
  date,
  dateTime,
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
import { correctionKind, verdictAnswer } from './verdict.ts'

const reason = words('a reason, in words')
  .trim()
  .min(1, { error: expected('a reason, in words') })
  .meta({ example: 'The exchange corrected the low of a busted trade.' })

const correctionInput = rowOf({ ...rowFields, reason }).meta({
  id: 'CorrectionInput',
  description: 'The right numbers of a bar that was judged with wrong ones.',
})

/** A correction of judged bars. */
export const correction = z
  .object({
    id: z.number(),
    kind: correctionKind,
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: 'Open of the first bar that it changes.' }),
    bars: z.number().meta({ description: 'How many bars it changes; more than one only if they fill gaps.' }),
    revision: z.number().meta({
      description: "1 is the first correction of the bar's numbers; 0 if they were not corrected.",
    }),
    reason: z.string(),
    at: dateTime.meta({ description: 'When it was made.' }),
    withdrawn: z.number().meta({ description: 'How many verdicts it withdrew.' }),
    before: barNumbers.nullable().meta({ description: 'The first bar before; null if it was missing.' }),
    after: barNumbers.nullable().meta({ description: 'The first bar after; null if it was withdrawn.' }),
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

const withdrawal = z
  .object({
    correction,
    newest: dateTime.nullable().meta({ description: 'Open of the bar that is now the newest; null without any.' }),
  })
  .meta({ id: 'WithdrawalResult' })

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
      'ERR_STREAM_MOVED',
      'ERR_DATABASE_UNREACHABLE',
    ],
  }),
  route({
    id: 'withdrawBar',
    method: 'DELETE',
    path: '/api/bars',
    scope: 'admin',
    summary: 'Withdraw the newest bar',
    description:
      'For a bar that should not exist, such as one with a wrong date. Its verdict is withdrawn but kept, and the next row is judged as if the bar had never come. Only the newest bar can be withdrawn; repeat the call for those before it.',
    query: z.object({
      market,
      interval,
      date: date.meta({ description: 'Open of the newest bar.' }),
      reason,
    }),
    answer: withdrawal,
    problems: [
      'ERR_CORRECTION_UNKNOWN',
      'ERR_BAR_NOT_NEWEST',
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
    description: 'In the order in which they were made: changed numbers, rows that filled gaps, withdrawn bars.',
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
