import { z } from 'zod'
import { dateTime } from './fields.ts'
import { skillReason } from './reasons.ts'

const expectationFields = {
  expected: z.number().meta({ description: 'Median of the forecast.' }),
  lower: z.number().meta({ description: 'Lower end of the range that holds the outcome nine times in ten.' }),
  upper: z.number().meta({ description: 'Upper end of that range.' }),
}
/** A median and the range that holds the outcome nine times in ten. */
export const expectation = z.object(expectationFields).readonly().meta({ id: 'Expectation' })

/** An expected price with its 90 % range. */
export interface Expectation extends z.output<typeof expectation> {}

const priceFields = {
  ...expectationFields,
  baseline: z.number().meta({ description: 'The naive forecast of the same price, made at the same moment.' }),
  model: z.number().meta({ description: "The model's median; expected is this or baseline." }),
}
/** The forecast of one price of the next bar, in the quote currency. */
export const priceForecast = z.object(priceFields).readonly().meta({ id: 'PriceForecast' })

/** The forecast of one price. */
export interface PriceForecast extends z.output<typeof priceForecast> {}

/** A forecast and the price that came. */
export const priceOutcome = z
  .object({ ...priceFields, actual: z.number(), absoluteError: z.number() })
  .readonly()
  .meta({ id: 'PriceOutcome' })
/** The forecast of one price and the actual price. */
export interface PriceOutcome extends z.output<typeof priceOutcome> {}

const by = z.enum(['model', 'naive']).meta({ id: 'Forecaster', description: 'The forecaster that drives detection.' })
const forecastFields = {
  by,
  high: priceForecast,
  low: priceForecast,
  close: expectation.meta({ description: 'Quote currency.' }),
  volume: expectation.meta({ description: 'Base currency.' }),
  range: expectation.meta({ description: 'High less low, quote currency.' }),
}
/** A forecast of a bar, made when the bar before it closed. */
export const forecast = z.object(forecastFields).readonly()

/** The forecast of the next bar. */
export interface Forecast extends z.output<typeof forecast> {}

/** The level above a bar. */
export const alarmAbove = z.number().nullable().meta({
  description:
    'A high of this price or more makes the bar an alarm of the market lane; null if no price does. Verdicts of earlier versions have no levels.',
})
/** The level below a bar. */
export const alarmBelow = z.number().nullable().meta({ description: 'Likewise a low of this price or less.' })

/** The forecast of the bar that follows a verdict. */
export const nextForecast = z
  .object({
    date: dateTime.meta({ description: "The bar's open." }),
    ...forecastFields,
    alarmAbove: alarmAbove.optional(),
    alarmBelow: alarmBelow.optional(),
  })
  .readonly()
  .meta({ id: 'Forecast' })

const skillFields = {
  by,
  bars: z.number().meta({ description: 'Bars that both errors are taken over.' }),
  modelPercent: z.number().meta({ description: 'Mean absolute error of high and low, percent of the price.' }),
  naivePercent: z.number(),
  reason: skillReason,
}
/** The running errors of both forecasters over the last 60 days, and which of them drives. */
export const skill = z.object(skillFields).readonly()

/** The forecaster in use and its errors. */
export interface Skill extends z.output<typeof skill> {}

/** The forecaster in use, with a sentence. */
export const skillAnswer = z
  .object({ ...skillFields, because: z.string().meta({ description: 'The reason as a sentence.' }) })
  .readonly()
  .meta({ id: 'Skill' })
/** The forecaster in use with a sentence, as clients read it. */
export interface SkillAnswer extends z.output<typeof skillAnswer> {}
