import { rowsRead, trainingLoss, trainingSize } from '@candlewatch/api/training'
import { z } from 'zod'
import { expected } from '../http/schemas.ts'

const trainingSizes = trainingSize.options

export const trainingInput = z.object(
  {
    size: z
      .enum(trainingSizes, { error: expected(trainingSizes.join(' or ')) })
      .default('full')
      .openapi({
        description:
          'full: three networks and their teacher, some minutes. quick: one network without a teacher, seconds; it errs a little more.',
      }),
  },
  { error: expected('an object, empty or with size') },
)

const date = z.string().openapi({ format: 'date-time' })

export const trainingAnswer = z
  .object({
    state: z
      .enum(['idle', 'running', 'done', 'failed', 'cancelled'])
      .openapi({ description: 'idle: none since the server started.' }),
    startedBy: z.enum(['hand', 'schedule']).nullable(),
    size: z.enum(trainingSizes).nullable(),
    startedAt: date.nullable(),
    endedAt: date.nullable(),
    model: z.string().nullable().openapi({ description: 'Whose new version it makes.' }),
    market: z.string().nullable(),
    interval: z.string().nullable(),
    rows: rowsRead
      .nullable()
      .openapi({ description: 'What it learns from: how many bars, and the opens of both ends.' }),
    phase: z.enum(['reading', 'teaching', 'learning', 'measuring', 'trying']).nullable(),
    says: z.string().openapi({ description: 'Where it is, or what came of it, in one sentence.' }),
    share: z.number().openapi({ description: 'Of the learning, 0 to 1.' }),
    epoch: z.number().openapi({ description: 'Of the network, or part of the teacher, that learns now.' }),
    epochs: z.number(),
    secondsLeft: z
      .number()
      .nullable()
      .openapi({ description: 'Of the learning, by the pace so far; null while that would be a guess.' }),
    losses: z.array(trainingLoss).openapi({
      description:
        'Epochs in the order in which they ended: training is the pinball loss that is minimised, validation the mean absolute error of the medians, both in percent of the price.',
    }),
    version: z.string().nullable().openapi({ description: 'What it made.' }),
  })
  .openapi('Training')

export const trainingOutlook = z
  .object({
    model: z.string(),
    market: z.string(),
    interval: z.string(),
    rows: rowsRead.nullable().openapi({ description: 'The stored bars; null: there are none.' }),
    rowsWanted: z.number().openapi({ description: 'Without gaps, at the least.' }),
    refusal: z.string().nullable().openapi({ description: 'Why a training would not start now.' }),
  })
  .openapi('TrainingOutlook')
