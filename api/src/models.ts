import { z } from 'zod'
import { dateTime, expected, intervalName, marketName, words } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const modelChange = z
  .object(
    {
      because: words('a text')
        .min(1, { error: expected('a text') })
        .optional()
        .meta({ description: 'Why, for the log.' }),
    },
    { error: expected('an object, empty or with because') },
  )
  .meta({ id: 'ModelChange' })

/** The states of a version. */
export const modelState = z.enum(['champion', 'candidate', 'retired', 'refused']).meta({
  id: 'ModelState',
  description: 'champion: in use. candidate: never in use. retired: in use before. refused: cannot be used.',
})

/** The comparison of a challenger with the champion. */
export const trial = z
  .object({
    champion: z.string().meta({ description: 'The version that it was compared with.' }),
    from: dateTime.meta({ description: 'Open of the first bar judged.' }),
    to: dateTime.meta({ description: 'Open of the last bar judged.' }),
    bars: z.number(),
    more: z.number().meta({ description: 'Alarms that the champion did not raise.' }),
    fewer: z.number().meta({ description: 'Alarms that only the champion raised.' }),
    moreAt: z.array(dateTime),
    fewerAt: z.array(dateTime),
    error: z.number().meta({ description: 'Mean absolute error of high and low, in the quote currency.' }),
    championError: z.number(),
    passed: z.boolean().meta({ description: 'true when the promotion rule was met.' }),
    because: z.string(),
    at: dateTime.meta({ description: 'When the trial was run.' }),
  })
  .meta({ id: 'Trial', description: 'A version and the champion over the same bars.' })
/** A trial as clients read it. */
export type Trial = Wire<typeof trial>

const measured = z
  .object({
    mae: z.number().meta({ description: 'Mean absolute error, in the quote currency.' }),
    baselineMae: z.number().meta({ description: 'The same for the naive forecast.' }),
    coverage90: z.number().meta({ description: 'How often the outcome was within the 90 % range.' }),
  })
  .meta({ id: 'MeasuredForecast' })
const modelMetrics = z
  .object({
    bars: z.number().optional(),
    from: dateTime.optional(),
    to: dateTime.optional(),
    high: measured.optional(),
    low: measured.optional(),
  })
  .catchall(z.unknown())
  .meta({ id: 'ModelMetrics' })

/** A version of a model. */
export const model = z
  .object({
    id: z.string().meta({ description: 'name@version' }),
    name: z.string(),
    version: z.string(),
    state: modelState,
    reason: z.string().nullable().meta({ description: 'Why it is refused.' }),
    sha256: z.string().nullable(),
    interval: intervalName.nullable(),
    trainedFrom: dateTime.nullable(),
    trainedTo: dateTime.nullable(),
    metrics: modelMetrics.nullable().meta({ description: 'Over its validation window.' }),
    createdAt: dateTime.nullable(),
    trial: trial.nullable().meta({ description: 'The newest one.' }),
  })
  .meta({ id: 'Model', description: 'A version of a model. What its manifest does not say is null.' })
/** A version of a model, as clients read it. */
export type Model = Wire<typeof model>

const loss = z
  .object({
    epoch: z.number(),
    training: z.number().meta({ description: 'The pinball loss that is minimised, in percent of the price.' }),
    validation: z
      .number()
      .nullable()
      .meta({ description: 'Mean absolute error of the medians of high and low, in percent of the price.' }),
  })
  .meta({ id: 'Loss' })

const curve = z
  .object({
    network: z.number().meta({ description: 'From 1.' }),
    kept: z.number().nullable().meta({ description: 'The epoch that it kept.' }),
    losses: z.array(loss),
  })
  .meta({ id: 'TrainingCurve' })

/** How a version was trained. */
export const modelFigures = z
  .object({
    market: marketName,
    bars: z.number().meta({ description: 'How many rows it was trained on.' }),
    validationFrom: dateTime.meta({ description: 'Open of the first row of the validation window.' }),
    refitted: z.boolean().meta({ description: 'true when it was fitted once more on all rows after validation.' }),
    seconds: z.number(),
    backend: z.string(),
    seeds: z.array(z.number()).meta({ description: 'One for each network.' }),
    settings: z
      .object({
        epochs: z.number(),
        batchSize: z.number(),
        learningRate: z.number(),
        weighting: z.string(),
        averaging: z.number(),
        distillation: z.number().meta({ description: 'The share of the loss that followed a teacher.' }),
      })
      .meta({ id: 'TrainingSettings' }),
    network: z
      .object({
        lookback: z.number().meta({ description: 'How many bars a forecast looks at.' }),
        members: z.number(),
        units: z.number().meta({ description: 'Units of each member.' }),
        parameters: z.number(),
      })
      .meta({ id: 'NetworkSize' }),
    features: z
      .object({ name: z.string(), version: z.number(), features: z.array(z.string()) })
      .meta({ id: 'FeatureSet' }),
    curves: z.array(curve),
  })
  .meta({ id: 'ModelFigures', description: 'How a version was trained.' })
/** How a version was trained, as clients read it. */
export type ModelFigures = Wire<typeof modelFigures>

/** A version with all its figures. */
export const modelDetail = model
  .extend({
    figures: modelFigures.nullable().meta({ description: 'null when another program wrote its manifest.' }),
    trials: z.array(trial).meta({ description: 'Newest first.' }),
  })
  .meta({ id: 'ModelDetail' })
/** A version with all its figures, as clients read it. */
export type ModelDetail = Wire<typeof modelDetail>

const promotion = z
  .object({
    name: z.string(),
    version: z.string(),
    previous: z.string().nullable().meta({ description: 'The champion before it.' }),
    at: dateTime,
    because: z.string(),
  })
  .meta({ id: 'Promotion' })

/** The promotions of a model, newest first. */
export const promotionLog = z
  .object({
    promotions: z.array(promotion).meta({ description: 'Newest first.' }),
    earlier: z.string().nullable().meta({ description: 'The version that a rollback returns to.' }),
  })
  .meta({ id: 'PromotionLog' })
/** The promotions of a model, as clients read them. */
export type PromotionLog = Wire<typeof promotionLog>

/** The routes for models. */
export const modelRoutes = routesByName(
  route({
    id: 'getModels',
    method: 'GET',
    path: '/api/models',
    scope: 'read',
    summary: 'List model versions',
    description: 'By name, oldest version first, with the state of each and its newest trial.',
    answer: z.object({ models: z.array(model) }).meta({ id: 'ModelList' }),
  }),
  route({
    id: 'getModel',
    method: 'GET',
    path: '/api/models/:id',
    scope: 'read',
    summary: 'Get a model version, its training and its trials',
    description: 'id is name@version.',
    answer: modelDetail,
    problems: ['ERR_MODEL_MISSING'],
  }),
  route({
    id: 'promoteModel',
    method: 'POST',
    path: '/api/models/:id/promote',
    scope: 'admin',
    summary: 'Make a version the champion',
    description:
      'id is name@version. The next request is judged by it; verdicts stay as they are. Promoting the current champion changes nothing.',
    body: modelChange,
    answer: model,
    problems: ['ERR_MODEL_MISSING', 'ERR_MODEL_REFUSED'],
  }),
  route({
    id: 'tryModel',
    method: 'POST',
    path: '/api/models/:id/trial',
    scope: 'admin',
    summary: 'Compare a version with the champion over the last 30 days',
    description: 'id is name@version. Bars that it was trained on are left out. Changes nothing.',
    body: z.object({}, { error: expected('an empty object') }).meta({ id: 'TrialInput' }),
    answer: model,
    problems: ['ERR_MODEL_MISSING', 'ERR_MODEL_REFUSED', 'ERR_TRIAL_IMPOSSIBLE', 'ERR_BUSY'],
  }),
  route({
    id: 'rollBackModel',
    method: 'POST',
    path: '/api/models/:name/rollback',
    scope: 'admin',
    summary: 'Return to the previous champion',
    body: modelChange,
    answer: model,
    problems: ['ERR_MODEL_MISSING', 'ERR_MODEL_REFUSED', 'ERR_MODEL_NO_EARLIER'],
  }),
  route({
    id: 'getPromotions',
    method: 'GET',
    path: '/api/models/:name/promotions',
    scope: 'read',
    summary: 'List the last 200 promotions of a model',
    answer: promotionLog,
    problems: ['ERR_MODEL_MISSING'],
  }),
)
