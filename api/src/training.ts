import { z } from 'zod'
import { dateTime, expected, intervalName, marketName } from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const sizes = ['full', 'quick'] as const
const sizeError = { error: expected(sizes.join(' or ')) }
/** `full` trains like `npm run train`, in minutes. `quick` trains one network without a teacher, in seconds, with a slightly larger error. */
export const trainingSize = z.enum(sizes, sizeError).meta({
  id: 'TrainingSize',
  description:
    'full: three networks and their teacher, some minutes. quick: one network without a teacher, seconds, with a slightly larger error.',
})
/** The size of a training. */
export type TrainingSize = z.output<typeof trainingSize>

/** The rows that a training reads. Dates are opens. */
export const rowsRead = z.object({ bars: z.number(), from: dateTime, to: dateTime }).meta({ id: 'TrainingRows' })

/** The rows that a training reads. */
export type RowsRead = Wire<typeof rowsRead>

const learner = {
  learner: z.enum(['teacher', 'network']).meta({ id: 'Learner' }),
  number: z.number().meta({ description: 'From 1: which part of the teacher, or which network.' }),
  again: z.boolean().meta({ description: 'true while it is fitted once more on all rows.' }),
  epoch: z.number().meta({ description: 'From 1, for this learner.' }),
}

/** An epoch that has ended. Losses are in percent of the price. */
export const trainingLoss = z
  .object({
    ...learner,
    training: z.number().meta({ description: 'The pinball loss that is minimised, in percent of the price.' }),
    validation: z.number().nullable().meta({
      description:
        'Mean absolute error of the medians, in percent of the price; null when there is nothing to validate on.',
    }),
  })
  .meta({ id: 'TrainingLoss' })
/** The losses of one epoch. */
export type TrainingLoss = Wire<typeof trainingLoss>

/** How far the trainer has got: the learner and its epoch, and the epochs that have ended since the line before. */
const learning = z.object({
  ...learner,
  /** How many learners of its kind there are. */
  of: z.number(),
  /** How many epochs each learner has. */
  epochs: z.number(),
  /** The share of all epochs of all learners that is done. */
  share: z.number(),
  losses: z.array(trainingLoss),
})

/**
 * A line that the trainer writes to stderr with `--progress json`: `rows` once, then `learning`. Lines are JSON objects; the
 * trainer's messages are plain text.
 */
export const trainerLine = z.union([z.strictObject({ rows: rowsRead }), z.strictObject({ learning })])

/** A line of progress that the trainer writes. */
export type TrainerLine = Wire<typeof trainerLine>

/** The last line that the trainer writes to stdout with `--json`: the version that it made, among other things. */
export const trainerResult = z.object({ version: z.string() })

/** The state of a training. */
export const training = z
  .object({
    state: z
      .enum(['idle', 'running', 'done', 'failed', 'cancelled'])
      .meta({ id: 'TrainingState', description: 'idle: no training since the server started.' }),
    startedBy: z.enum(['hand', 'schedule']).meta({ id: 'TrainingStart' }).nullable(),
    size: trainingSize.nullable(),
    startedAt: dateTime.nullable(),
    endedAt: dateTime.nullable(),
    model: z.string().nullable().meta({ description: 'The model that gets a new version.' }),
    market: marketName.nullable(),
    interval: intervalName.nullable(),
    rows: rowsRead.nullable().meta({ description: 'The rows that it learns from; null until they are read.' }),
    phase: z
      .enum(['reading', 'teaching', 'learning', 'measuring', 'trying'])
      .meta({ id: 'TrainingPhase', description: 'In the order in which they happen.' })
      .nullable()
      .meta({ description: 'null unless it is running.' }),
    says: z.string().meta({ description: 'The current step, or the result, in one sentence.' }),
    share: z.number().meta({ description: 'Progress of the learning, 0 to 1.' }),
    epoch: z.number().meta({ description: 'The epoch of the network, or part of the teacher, that learns now.' }),
    epochs: z.number(),
    secondsLeft: z
      .number()
      .nullable()
      .meta({ description: 'Time left for the learning at the pace so far; null while that would be a guess.' }),
    losses: z.array(trainingLoss).meta({ description: 'Epochs in the order in which they ended.' }),
    version: z.string().nullable().meta({ description: 'The version that it made.' }),
  })
  .meta({ id: 'Training', description: 'The training under way, or the last one since the server started.' })
/** The state of a training, as clients read it. */
export type Training = Wire<typeof training>

/** A training and the rows for the next one. */
export const trainingOutlook = z
  .object({
    model: z.string(),
    market: marketName.nullable().meta({ description: 'null for a model of any market.' }),
    interval: intervalName.nullable(),
    rows: rowsRead.nullable().meta({ description: 'The stored bars; null when there are none.' }),
    rowsWanted: z.number().meta({ description: 'The fewest that a training needs, without gaps.' }),
    refusal: z.string().nullable().meta({ description: 'Why a training would not start now.' }),
  })
  .meta({ id: 'TrainingOutlook', description: 'What the next training would learn from.' })
/** A training and the rows for the next one, as clients read them. */
export type TrainingOutlook = Wire<typeof trainingOutlook>

/** The routes for trainings. */
export const trainingRoutes = routesByName(
  route({
    id: 'startTraining',
    method: 'POST',
    path: '/api/models/retrain',
    scope: 'admin',
    summary: 'Train a new version, compare it and promote it if the rule is met',
    description:
      "It learns from all stored bars of the champion's market; the newest tenth validates. GET /api/stream reports every step, GET /api/training the current one.",
    body: z
      .object({ size: trainingSize.default('full') }, { error: expected('an object, empty or with size') })
      .meta({ id: 'TrainingInput' }),
    answer: training,
    status: 202,
    problems: ['ERR_RETRAIN_RUNNING', 'ERR_TRAINING_SHORT'],
  }),
  route({
    id: 'getTraining',
    method: 'GET',
    path: '/api/training',
    scope: 'read',
    summary: 'Get the training under way or the last one',
    description: 'And what the next one would learn from.',
    answer: training.extend({ next: trainingOutlook }).meta({ id: 'TrainingAndOutlook' }),
  }),
  route({
    id: 'cancelTraining',
    method: 'DELETE',
    path: '/api/training',
    scope: 'admin',
    summary: 'Cancel the training under way',
    description:
      'Answers when it has ended. It leaves nothing, or a complete version that is a candidate. Without a training under way, nothing changes.',
    answer: training,
  }),
)
