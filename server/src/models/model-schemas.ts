import { z } from 'zod'
import { expected, words } from '../http/schemas.ts'

export const modelChange = z.object(
  {
    because: words('a text')
      .min(1, { error: expected('a text') })
      .optional(),
  },
  { error: expected('an object, empty or with because') },
)

/** What is shown of a stored manifest. */
export const storedManifest = z.object({
  training: z.object({ from: z.string(), to: z.string() }),
  metrics: z.record(z.string(), z.unknown()),
})

const trial = z
  .object({
    champion: z.string().openapi({ description: 'The version it stood against.' }),
    from: z.string().openapi({ format: 'date-time', description: 'Open of the first bar judged.' }),
    to: z.string().openapi({ format: 'date-time', description: 'Open of the last bar judged.' }),
    bars: z.number(),
    more: z.number().openapi({ description: 'Alarms that the champion did not raise.' }),
    fewer: z.number().openapi({ description: 'Alarms that only the champion raised.' }),
    moreAt: z.array(z.string()),
    fewerAt: z.array(z.string()),
    error: z.number().openapi({ description: 'Mean absolute error of high and low, quote currency.' }),
    championError: z.number(),
    passed: z.boolean().openapi({ description: 'Whether the promotion rule was met.' }),
    because: z.string(),
    at: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('Trial')

export const modelFigures = z.object({
  market: z.string(),
  bars: z.number().openapi({ description: 'Rows that it was trained on.' }),
  validationFrom: z.string().openapi({ format: 'date-time', description: 'Open of the first row that validated.' }),
  refitted: z
    .boolean()
    .openapi({ description: 'Whether it was fitted once more on all rows, after it was validated.' }),
  seconds: z.number(),
  backend: z.string(),
  seeds: z.array(z.number()).openapi({ description: 'Of its networks.' }),
  settings: z.object({
    ...{ epochs: z.number(), batchSize: z.number(), learningRate: z.number(), weighting: z.string() },
    averaging: z.number(),
    distillation: z.number().openapi({ description: 'Share of the loss that followed a teacher.' }),
  }),
  network: z.object({
    lookback: z.number().openapi({ description: 'Bars that one forecast looks at.' }),
    members: z.number(),
    units: z.number().openapi({ description: 'Of each member.' }),
    parameters: z.number(),
  }),
  features: z.object({ name: z.string(), version: z.number(), features: z.array(z.string()) }),
  curves: z.array(
    z.object({
      network: z.number().openapi({ description: 'From 1.' }),
      kept: z.number().nullable().openapi({ description: 'The epoch that it kept.' }),
      losses: z.array(
        z.object({
          epoch: z.number(),
          training: z.number().openapi({ description: 'The pinball loss that is minimised, in percent of the price.' }),
          validation: z.number().nullable().openapi({
            description: 'Mean absolute error of the medians of high and low, in percent of the price.',
          }),
        }),
      ),
    }),
  ),
})

export const promotionsAnswer = z
  .object({
    promotions: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        previous: z.string().nullable(),
        at: z.string().openapi({ format: 'date-time' }),
        because: z.string(),
      }),
    ),
    earlier: z.string().nullable().openapi({ description: 'The version that a rollback goes back to.' }),
  })
  .openapi('Promotions')

export const modelAnswer = z
  .object({
    id: z.string().openapi({ description: 'name@version' }),
    name: z.string(),
    version: z.string(),
    state: z.enum(['champion', 'candidate', 'retired', 'refused']),
    reason: z.string().nullable().openapi({ description: 'Why it is refused.' }),
    sha256: z.string().nullable(),
    interval: z.string().nullable(),
    trainedFrom: z.string().nullable(),
    trainedTo: z.string().nullable(),
    metrics: z.record(z.string(), z.unknown()).nullable().openapi({ description: 'Over its validation window.' }),
    createdAt: z.string().nullable(),
    trial: trial.nullable().openapi({ description: 'The newest one.' }),
  })
  .openapi('Model')

export const modelDetailAnswer = modelAnswer
  .extend({
    figures: modelFigures.nullable().openapi({ description: 'null where its manifest is of another program.' }),
    trials: z.array(trial).openapi({ description: 'Newest first.' }),
  })
  .openapi('ModelDetail')
