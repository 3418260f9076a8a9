import { z } from 'zod'
import { expected, words } from './schemas.ts'

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
