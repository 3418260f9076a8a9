import { z } from 'zod'

/** The price that a reason is about. */
export const side = z.enum(['high', 'low']).meta({ id: 'Side' })
const pValue = z.number().meta({ description: 'Share of past bars at least as strange.' })
const intervalMs = z.number().meta({ description: 'Length of a bar.' })
const volumeRatio = z.number().meta({ description: 'Volume over the usual or the expected volume.' })

/** A text that an earlier version of the program stored in place of a reason. */
const storedText = z
  .object({ code: z.literal('stored-text'), text: z.string() })
  .readonly()
  .meta({ id: 'StoredTextReason' })

const warmingUp = z
  .object({
    code: z.literal('warming-up'),
    barsNeeded: z.number().meta({ description: 'Bars still needed before the first forecast.' }),
  })
  .readonly()
  .meta({ id: 'WarmingUpReason' })

const withinRange = z
  .object({ code: z.literal('within-range'), high: z.number(), low: z.number() })
  .readonly()
  .meta({ id: 'WithinRangeReason', description: 'High and low stayed within their 90 % ranges.' })

const pastRange = z
  .object({
    code: z.literal('past-range'),
    side,
    actual: z.number(),
    edge: z.number().meta({ description: 'The end of the 90 % range that was crossed.' }),
    pValue: pValue.nullable(),
    intervalMs,
  })
  .readonly()
  .meta({ id: 'PastRangeReason', description: 'A price left its 90 % range, but not by enough for an alarm.' })

const anomaly = z
  .object({
    code: z.literal('anomaly'),
    side,
    actual: z.number(),
    expected: z.number(),
    absoluteError: z.number(),
    edge: z
      .number()
      .nullable()
      .meta({ description: 'The end of the 90 % range that was crossed; null if the price stayed within it.' }),
    change: z.number().meta({ description: 'Close over open, less 1.' }),
    volumeRatio: volumeRatio.nullable().meta({
      description: 'Volume over the usual volume; null if that is zero.',
    }),
    pValue: pValue.nullable(),
    intervalMs,
    others: z
      .number()
      .meta({ description: 'The number of other detectors with a score, in addition to the one that decided.' }),
    agreeing: z.number().meta({ description: 'How many of those see the bar too.' }),
    clearest: z
      .object({ id: z.string(), pValue })
      .readonly()
      .meta({ id: 'ClearestDetector' })
      .nullable()
      .meta({ description: 'The one among them to which the bar is rarest.' }),
  })
  .readonly()
  .meta({ id: 'AnomalyReason', description: 'A miss of the forecast that the alarm budget lets through.' })

const gap = z
  .object({ code: z.literal('gap'), missing: z.number().meta({ description: 'Bars.' }), intervalMs })
  .readonly()
  .meta({ id: 'GapReason', description: 'Bars are missing before this one.' })

const flat = z
  .object({
    code: z.literal('flat'),
    bars: z.number(),
    longestBefore: z.number().meta({ description: 'Bars of the longest such run before; 0 if there was none.' }),
  })
  .readonly()
  .meta({ id: 'FlatReason', description: 'The price has not moved for too many bars.' })

const repeat = z
  .object({ code: z.literal('repeat') })
  .readonly()
  .meta({ id: 'RepeatReason', description: 'The row repeats open, high, low, close and volume of the one before it.' })

const broken = z
  .object({
    code: z.literal('break'),
    open: z.number(),
    previousClose: z.number(),
    jump: z.number().meta({ description: 'The distance between the two, in units of the usual range of a bar.' }),
    largestBefore: z
      .number()
      .meta({ description: 'The largest such distance of the last 2,000 bars within a session; 0 if none is known.' }),
    isNewLevel: z.boolean().meta({
      description: 'True for the second row in turn at the new level: the rows after it are judged from there.',
    }),
  })
  .readonly()
  .meta({
    id: 'BreakReason',
    description: 'The open is far from the close before it: a decimal point, unit or currency.',
  })

const badTick = z
  .object({
    code: z.literal('bad-tick'),
    side,
    price: z.number(),
    outside: z.number().meta({ description: 'Distance from the 90 % range, as a share of the price.' }),
    volumeRatio,
  })
  .readonly()
  .meta({ id: 'BadTickReason', description: 'One price that neither open, close nor volume confirms.' })

const unlikely = z
  .object({
    code: z.literal('unlikely'),
    witness: z.string().meta({ description: 'The check that contributed most.' }),
    rangeRatio: z.number().meta({ description: 'Range of the bar over the expected one.' }),
    volumeRatio,
    pValue,
    intervalMs,
  })
  .readonly()
  .meta({ id: 'UnlikelyReason', description: 'Price and volume of the row do not fit together.' })

/** The reason of a feed fault. Its code is the kind of the fault. */
export const faultReason = z.discriminatedUnion('code', [gap, flat, repeat, broken, badTick, unlikely])

/** The reason of a feed fault. */
export type FaultReason = z.output<typeof faultReason>

/** Why a bar got its verdict. The sentence for it is rendered by values/sentences.ts. */
export const reason = z
  .discriminatedUnion('code', [
    warmingUp,
    withinRange,
    pastRange,
    anomaly,
    gap,
    flat,
    repeat,
    broken,
    badTick,
    unlikely,
    storedText,
  ])
  .meta({ id: 'Reason', description: 'The reason for a verdict as data; because is its sentence in English.' })
/** The reason of a verdict. */
export type Reason = z.output<typeof reason>

const days = z.number().meta({ description: 'Days that both errors are taken over.' })
const percent = z.number().meta({ description: 'Mean absolute error in percent of the price, three decimals.' })

const errorsOf = <const Code extends string>(code: Code, id: string) =>
  z
    .object({ code: z.literal(code), days, modelPercent: percent, naivePercent: percent })
    .readonly()
    .meta({ id })

/** Why one of the two forecasters drives detection. */
export const skillReason = z
  .discriminatedUnion('code', [
    z
      .object({ code: z.literal('few-errors'), bars: z.number() })
      .readonly()
      .meta({ id: 'FewErrorsReason' }),
    errorsOf('model-better', 'ModelBetterReason'),
    errorsOf('naive-better', 'NaiveBetterReason'),
    storedText,
  ])
  .meta({ id: 'SkillReason', description: 'The reason why this forecaster drives, as data.' })
/** The reason why a forecaster is in use. */
export type SkillReason = z.output<typeof skillReason>
