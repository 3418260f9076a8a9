import { z } from 'zod'
import { barNumbers, row } from './bars.ts'
import { dateTime, epochMs, intervalName, marketName, nextCursor, rangeQuery } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'
import { maxBodyBytes, maxRows } from './values/limits.ts'

export const severity = z.enum(['low', 'medium', 'high', 'critical']).meta({ id: 'Severity' })
export const lane = z
  .enum(['market', 'feed'])
  .meta({ id: 'Lane', description: 'market: the move is out of proportion. feed: the row is hard to believe.' })
export const faultKind = z.enum(['gap', 'flat', 'bad-tick', 'unlikely']).meta({
  id: 'FaultKind',
  description:
    'gap: bars are missing before it. flat: the price stands still. bad-tick: one price that nothing supports. unlikely: all of it together.',
})
export const forecaster = z.enum(['model', 'naive']).meta({ id: 'Forecaster' })

const range = {
  expected: z.number().meta({ description: 'The median.' }),
  lower: z.number().meta({ description: 'The outcome lies from lower to upper nine times in ten.' }),
  upper: z.number(),
}
const expectation = z.object(range).meta({ id: 'Expectation' })
const priceForecast = z
  .object({
    ...range,
    baseline: z.number().meta({ description: 'The naive forecast, made at the same moment.' }),
    model: z.number().meta({ description: "The model's median; expected is this or baseline." }),
  })
  .meta({ id: 'PriceForecast' })
const priceOutcome = priceForecast
  .extend({ actual: z.number(), absoluteError: z.number() })
  .meta({ id: 'PriceOutcome' })

const skill = z
  .object({
    by: forecaster.meta({ description: 'The forecaster that is in use.' }),
    bars: z.number().meta({ description: 'How many bars both errors are taken over.' }),
    modelPercent: z.number().meta({ description: 'Mean absolute error of high and low, in percent of the price.' }),
    naivePercent: z.number(),
    because: z.string().meta({ description: 'Why that forecaster is in use, in one sentence.' }),
  })
  .meta({ id: 'Skill' })

const detectorOpinion = z
  .object({
    id: z.string(),
    score: z.number().meta({ description: "On the detector's own scale; higher is rarer." }),
    pValue: z.number(),
    share: z.number().meta({ description: 'How much it gave to the decision; 0 for an observer.' }),
  })
  .meta({ id: 'DetectorOpinion' })

/** The name and the version of a model. */
export const modelName = z.object({ name: z.string(), version: z.string() }).meta({ id: 'ModelName' })

const nextForecast = z
  .object({
    date: dateTime.meta({ description: "The next bar's open." }),
    by: forecaster,
    high: priceForecast,
    low: priceForecast,
    close: expectation,
    volume: expectation,
    range: expectation.meta({ description: 'High less low.' }),
  })
  .meta({ id: 'Forecast' })

export const verdict = z
  .object({
    id: z.string(),
    market: marketName,
    interval: intervalName,
    date: dateTime.meta({ description: "The bar's open." }),
    ts: epochMs.meta({ description: "The bar's close, in milliseconds since 1970." }),
    status: z.enum(['warming-up', 'normal', 'anomaly', 'feed-fault']).meta({ id: 'Status' }),
    isAnomaly: z.boolean(),
    severity: severity.nullable(),
    lane: lane.nullable(),
    pValue: z
      .number()
      .nullable()
      .meta({ description: 'The share of past bars that were at least as rare; null while there is no opinion.' }),
    because: z.string().meta({ description: 'The reason in one sentence.' }),
    fault: z
      .object({ kind: faultKind, evidence: z.string() })
      .meta({ id: 'FeedFault' })
      .nullable()
      .meta({ description: 'What is wrong with the row; null unless the status is feed-fault.' }),
    bar: barNumbers,
    high: priceOutcome.nullable(),
    low: priceOutcome.nullable(),
    side: z
      .enum(['high', 'low'])
      .meta({ id: 'Side' })
      .nullable()
      .meta({ description: 'The price that the reason is about.' }),
    detectors: z
      .array(detectorOpinion)
      .meta({ description: 'The deciding detectors; for anomalies and faults also the observers.' }),
    skill: skill.nullable().meta({ description: 'The errors of both forecasters before this bar.' }),
    alarmsPerWeek: z.number().meta({ description: 'The budget that the bar was judged by.' }),
    feedShare: z.number().meta({ description: 'The share of that budget for rows that are hard to believe.' }),
    model: modelName,
    next: nextForecast
      .nullable()
      .meta({ description: 'The forecast of the next bar; null until there is enough past.' }),
  })
  .meta({ id: 'Verdict' })
export type Verdict = Wire<typeof verdict>

export const verdictRoutes = routesByName(
  route({
    id: 'predictAnomaly',
    method: 'POST',
    path: '/predict_anomaly',
    scope: 'ingest',
    summary: 'Judge one closed bar, or several of one market',
    description:
      'One row, or an array of 1 to 10,000 rows of one market and interval, oldest first. One row gives one verdict, an array gives an array. The same row sent twice gives the same answer. When a request is refused, none of its rows is stored.',
    body: z.union([row, z.array(row).min(1).max(maxRows)]),
    maxBodyBytes,
    bodyError: 'ERR_ROW_INVALID',
    bodyCheckedByHandler: true,
    answer: z.union([verdict, z.array(verdict)]),
    problems: [
      'ERR_ROWS_MIXED',
      'ERR_BAR_IMPOSSIBLE',
      'ERR_BAR_MISALIGNED',
      'ERR_BAR_FUTURE',
      'ERR_BAR_LATE',
      'ERR_BAR_CONFLICT',
      'ERR_BAR_WARM_UP',
      'ERR_NOT_STORED',
      'ERR_BUSY',
      'ERR_STOPPING',
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
        verdicts: z.array(verdict),
        nextCursor,
        lastEventId: z.string().meta({ description: 'GET /api/stream continues after this with nothing lost.' }),
      })
      .meta({ id: 'VerdictsPage' }),
  }),
)
