import { z } from 'zod'
import { barNumbers, row } from './bars.ts'
import { dateTime, epochMs, intervalName, marketName, nextCursor, rangeQuery } from './fields.ts'
import { alarmAbove, alarmBelow, nextForecast, priceOutcome, skill, skillAnswer } from './forecast.ts'
import { reason, side } from './reasons.ts'
import { route, routesByName } from './route.ts'
import { maxBodyBytes, maxRows } from './values/limits.ts'

const status = z.enum(['warming-up', 'normal', 'anomaly', 'feed-fault']).meta({ id: 'Status' })
/** The status of a verdict. */
export type Status = z.output<typeof status>

/** The severity of an alarm. */
export const severity = z.enum(['low', 'medium', 'high', 'critical']).meta({ id: 'Severity' })

/** The severity of an alarm. */
export type Severity = z.output<typeof severity>

/** The two lanes of judging. */
export const lane = z
  .enum(['market', 'feed'])
  .meta({ id: 'Lane', description: 'market: is the move unusually large? feed: is the row plausible?' })
/** A lane of judging. */
export type Lane = z.output<typeof lane>

/** The result of one detector for one bar. */
export const detectorOpinion = z
  .object({
    id: z.string(),
    score: z.number().meta({ description: "On the detector's own scale; higher is stranger." }),
    pValue: z.number(),
    share: z.number().meta({ description: 'Its part in the decision; 0 for observers.' }),
  })
  .readonly()
  .meta({ id: 'DetectorOpinion' })
/** The result of one detector for one bar. */
export interface DetectorOpinion extends z.output<typeof detectorOpinion> {}

/** The kinds of feed faults. */
export const faultKind = z.enum(['gap', 'flat', 'repeat', 'break', 'bad-tick', 'unlikely']).meta({
  id: 'FaultKind',
  description:
    'gap: bars are missing before it; flat: the price does not move; repeat: the row is the one before it; break: the open is far from the close before it; bad-tick: a price that nothing confirms; unlikely: price and volume do not fit together.',
})
/** A kind of feed fault. */
export type FaultKind = z.output<typeof faultKind>

/** A fault of a row. The verdict's reason has the evidence. */
const feedFault = z.object({ kind: faultKind }).readonly()
/** A feed fault of one row. */
export interface FeedFault extends z.output<typeof feedFault> {}

const feedFaultAnswer = z
  .object({ kind: faultKind, evidence: z.string().meta({ description: 'The reason as a sentence.' }) })
  .readonly()
  .meta({ id: 'FeedFault' })

/** The name and the version of a model. */
export const modelName = z.object({ name: z.string(), version: z.string() }).readonly().meta({ id: 'ModelName' })

const outcome = priceOutcome
  .nullable()
  .meta({ description: 'null while warming up or when no forecast was made for this bar.' })

/** The kinds of corrections of judged bars. */
export const correctionKind = z.enum(['changed', 'filled', 'withdrawn']).meta({
  id: 'CorrectionKind',
  description:
    'changed: a bar has other numbers. filled: bars that were missing arrived late. withdrawn: the newest bar was taken back.',
})

/** A kind of correction. */
export type CorrectionKind = z.output<typeof correctionKind>

const again = z
  .object({
    kind: correctionKind,
    date: dateTime.meta({ description: 'Open of the first bar that was changed.' }),
  })
  .readonly()
  .meta({ id: 'JudgedAgain' })

const verdictFields = {
  id: z.string().meta({ description: 'market/interval@ts#model: writing it twice is harmless.' }),
  market: marketName,
  interval: intervalName,
  date: dateTime.meta({ description: "The bar's open." }),
  ts: epochMs.meta({ description: "The bar's close, ms since 1970." }),
  status,
  isAnomaly: z.boolean(),
  severity: severity.nullable(),
  lane: lane.nullable(),
  pValue: z
    .number()
    .nullable()
    .meta({ description: 'Share of past bars at least as strange; null while there is no opinion.' }),
  reason,
  fault: feedFault.nullable(),
  bar: barNumbers,
  high: outcome,
  low: outcome,
  side: side
    .nullable()
    .meta({ description: 'Which of the two prices left its forecast further; the reason is about that one.' }),
  alarmAbove: alarmAbove.optional(),
  alarmBelow: alarmBelow.optional(),
  detectors: z.array(detectorOpinion).readonly().meta({
    description: 'The deciding detectors; for anomalies and faults also all observers.',
  }),
  skill: skill.nullable().meta({ description: 'How both forecasters did before this bar.' }),
  alarmsPerWeek: z.number().meta({ description: 'The budget that the bar was judged by.' }),
  mergeMs: z.number().optional().meta({
    description:
      'Alarms within this time of one another are one episode. Missing in verdicts of versions for which it was always six hours.',
  }),
  feedShare: z.number().meta({ description: 'The share of the alarm budget for implausible rows.' }),
  model: modelName,
  again: again.optional().meta({
    description:
      'Present if the bar was judged again because this or an earlier bar was changed, filled in or withdrawn. GET /api/corrections has the earlier verdicts.',
  }),
  next: nextForecast
    .nullable()
    .meta({ description: 'The forecast of the bar that follows; null until there is enough past.' }),
}

/** The engine's verdict on one bar, as it is stored: numbers, ids and reasons as data. */
export const verdict = z.object(verdictFields).readonly()

/** A verdict as it is stored. */
export interface Verdict extends z.output<typeof verdict> {}

/** A verdict as the API answers and streams it: with its reasons as sentences. */
export const verdictAnswer = z
  .object({
    ...verdictFields,
    because: z.string().meta({ description: 'The reason as a sentence.' }),
    fault: feedFaultAnswer
      .nullable()
      .meta({ description: 'What is wrong with the row; null unless the status is feed-fault.' }),
    skill: skillAnswer.nullable().meta({ description: 'How both forecasters did before this bar.' }),
  })
  .readonly()
  .meta({ id: 'Verdict' })
/** A verdict with its sentences, as clients read it. */
export interface VerdictAnswer extends z.output<typeof verdictAnswer> {}

/** The routes for verdicts. */
export const verdictRoutes = routesByName(
  route({
    id: 'predictAnomaly',
    method: 'POST',
    path: '/predict_anomaly',
    scope: 'ingest',
    summary: 'Judge one closed bar, or several of one market',
    description:
      'One row, or an array of 1 to 10,000 rows of one market and interval, oldest first. One row gives one verdict, an array gives an array. The same row sent twice gives the same answer. When a request is refused, none of its rows is stored.',
    query: z.object({
      replay: z.string().max(64).optional().meta({
        description:
          'The id of the replay that sends the rows. Rows of replays stay out of markets that have rows of another source.',
      }),
    }),
    body: z.union([row, z.array(row).min(1).max(maxRows)]),
    maxBodyBytes,
    bodyError: 'ERR_ROW_INVALID',
    bodyCheckedByHandler: true,
    answer: z.union([verdictAnswer, z.array(verdictAnswer)]),
    problems: [
      'ERR_ROWS_MIXED',
      'ERR_BAR_IMPOSSIBLE',
      'ERR_BAR_MISALIGNED',
      'ERR_BAR_FUTURE',
      'ERR_BAR_LATE',
      'ERR_BAR_AHEAD',
      'ERR_BAR_CONFLICT',
      'ERR_BAR_WARM_UP',
      'ERR_MARKET_ARCHIVED',
      'ERR_MARKETS_FULL',
      'ERR_REPLAY_INVALID',
      'ERR_REPLAY_MARKET',
      'ERR_REPLAY_DISPLACED',
      'ERR_NOT_STORED',
      'ERR_BUSY',
      'ERR_STOPPING',
      'ERR_STREAM_MOVED',
      'ERR_DATABASE_UNREACHABLE',
    ],
  }),
  route({
    id: 'getVerdicts',
    method: 'GET',
    path: '/api/verdicts',
    scope: 'read',
    summary: 'List verdicts',
    description: 'Oldest first; without a cursor, the newest of the range.',
    query: rangeQuery,
    answer: z
      .object({
        verdicts: z.array(verdictAnswer),
        nextCursor,
        lastEventId: z.string().meta({ description: 'GET /api/stream continues after this with nothing lost.' }),
      })
      .meta({ id: 'VerdictsPage' }),
    problems: ['ERR_BUSY'],
  }),
)
