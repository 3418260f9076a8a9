import { z } from 'zod'
import { nextForecast, priceOutcome, skill, skillAnswer } from './forecast.ts'
import { reason } from './reasons.ts'
import { epochMs, isoDateTime, marketName } from './scalars.ts'

const status = z.enum(['warming-up', 'normal', 'anomaly', 'feed-fault'])
export type Status = z.output<typeof status>

export const severity = z.enum(['low', 'medium', 'high', 'critical'])
export type Severity = z.output<typeof severity>

export const lane = z.enum(['market', 'feed'])
export type Lane = z.output<typeof lane>

/** What one detector finds of one bar. */
export const detectorOpinion = z
  .object({
    id: z.string(),
    score: z.number().meta({ description: "On the detector's own scale; higher is stranger." }),
    pValue: z.number(),
    share: z.number().meta({ description: 'Its part in the decision; 0 for observers.' }),
  })
  .readonly()
export interface DetectorOpinion extends z.output<typeof detectorOpinion> {}

export const faultKind = z.enum(['gap', 'flat', 'bad-tick', 'unlikely']).meta({
  description:
    'gap: bars are missing before it; flat: the feed stands still; bad-tick: one price that nothing confirms; unlikely: its numbers do not fit together.',
})
export type FaultKind = z.output<typeof faultKind>

/** What is wrong with a row. The verdict's reason says what shows it. */
const feedFault = z.object({ kind: faultKind }).readonly()
export interface FeedFault extends z.output<typeof feedFault> {}

const feedFaultAnswer = z
  .object({ kind: faultKind, evidence: z.string().meta({ description: 'The reason as a sentence.' }) })
  .readonly()

const ohlcv = z
  .object({ open: z.number(), high: z.number(), low: z.number(), close: z.number(), volume: z.number() })
  .readonly()

const outcome = priceOutcome
  .nullable()
  .meta({ description: 'null while warming up or when no forecast was made for this bar.' })

const verdictFields = {
  id: z.string().meta({ description: 'market/interval@ts#model: writing it twice is harmless.' }),
  market: marketName,
  interval: z.string().meta({ example: '1h' }),
  date: isoDateTime.meta({ description: "The bar's open." }),
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
  bar: ohlcv,
  high: outcome,
  low: outcome,
  side: z
    .enum(['high', 'low'])
    .nullable()
    .meta({ description: 'Which of the two prices left its forecast further; the reason is about that one.' }),
  detectors: z.array(detectorOpinion).readonly().meta({
    description: 'The deciding detectors; for anomalies and faults also all observers.',
  }),
  skill: skill.nullable().meta({ description: 'How both forecasters did before this bar.' }),
  alarmsPerWeek: z.number().meta({ description: 'The budget that the bar was judged by.' }),
  feedShare: z.number().meta({ description: 'The share of that budget for rows that are hard to believe.' }),
  model: z.object({ name: z.string(), version: z.string() }).readonly(),
  next: nextForecast
    .nullable()
    .meta({ description: 'The forecast of the bar that follows; null until there is enough past.' }),
}

/** What the engine says of one bar, as it is stored: numbers, ids and reasons as data. */
export const verdict = z.object(verdictFields).readonly()
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
export interface VerdictAnswer extends z.output<typeof verdictAnswer> {}
