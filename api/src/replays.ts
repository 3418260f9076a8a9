import { z } from 'zod'
import {
  date,
  dateTime,
  defaultInterval,
  defaultMarket,
  expected,
  interval,
  intervalName,
  market,
  marketName,
  words,
} from './fields.ts'
import { route, routesByName, type Wire } from './route.ts'

const states = ['playing', 'paused', 'finished', 'stopped'] as const
const state = z.enum(states, { error: expected(`one of ${states.join(', ')}`) }).meta({ id: 'ReplayState' })
const sourceKind = z
  .enum(['csv', 'download', 'synthetic'], { error: expected('one of csv, download, synthetic') })
  .meta({ id: 'ReplaySourceKind' })
const until = z.enum(['anomaly'], { error: expected('anomaly or null') }).meta({ id: 'ReplayUntil' })

const everyMsText = expected('milliseconds from 0 to 3,600,000')
const everyMs = z
  .number({ error: everyMsText })
  .min(0, { error: everyMsText })
  .max(3_600_000, { error: everyMsText })
  .meta({ description: 'Time between two rows; 0 = as fast as possible.', example: 1_000 })
const stepText = expected('a whole number from -1,000 to 1,000, and not 0')
const step = z
  .number({ error: stepText })
  .int({ error: stepText })
  .min(-1_000, { error: stepText })
  .max(1_000, { error: stepText })
  .refine(rows => rows !== 0, { error: stepText })

const replayInput = z
  .object(
    {
      market: market.prefault(defaultMarket),
      interval: interval.prefault(defaultInterval),
      source: z
        .object(
          { kind: sourceKind, name: words('a name').min(1, { error: expected('a name') }) },
          { error: expected('an object with kind and name') },
        )
        .meta({ id: 'ReplaySourceInput' }),
      from: date,
      to: date,
      everyMs: everyMs.default(1_000),
      state: state.default('playing'),
    },
    { error: expected('an object') },
  )
  .meta({ id: 'ReplayInput' })

const replayChange = z
  .object(
    {
      state: state.optional(),
      everyMs: everyMs.optional(),
      seek: date.nullable().optional().meta({
        description:
          'The next row. Earlier rows are posted without waiting; if they were judged already, the replay is shown again from there.',
      }),
      at: date.nullable().optional().meta({ description: 'Show bars up to this one; null: up to the newest.' }),
      step: step.optional().meta({ description: 'Move by this many rows, back if negative, then pause.', example: 1 }),
      until: until.nullable().optional().meta({
        description: 'Continue without waiting and pause at the next anomaly or feed fault; null ends that.',
      }),
      revision: z
        .number({ error: expected('a revision') })
        .optional()
        .meta({ description: 'Change nothing unless the replay still has this revision.' }),
    },
    { error: expected('an object with state, everyMs, seek, at, step or until') },
  )
  .superRefine((change, context) => {
    const [, second] = (['seek', 'at', 'step', 'until'] as const).filter(name => change[name] !== undefined)
    if (!second) return
    context.addIssue({ code: 'custom', path: [second], message: 'Expected one of seek, at, step and until at a time.' })
  })
  .meta({ id: 'ReplayChange', example: { everyMs: 50 } })
/** A change of a replay after its check; what it does not name stays. */
export type ReplayChange = Readonly<z.output<typeof replayChange>>

/** A replay and its position. */
export const replay = z
  .object({
    id: z.string(),
    market: marketName,
    interval: intervalName,
    source: z.object({ kind: sourceKind, name: z.string() }).meta({ id: 'ReplaySource' }),
    from: dateTime.meta({ description: 'Open of the first row.' }),
    to: dateTime.meta({ description: 'Open of the last row.' }),
    state,
    everyMs: z.number().meta({ description: 'Time between two rows; 0 = as fast as possible.' }),
    seek: dateTime
      .nullable()
      .meta({ description: 'Rows that open before this are posted without waiting; null: none.' }),
    steps: z.number().meta({ description: 'How many single rows were requested in total.' }),
    until: until.nullable().meta({ description: 'What it runs to without waiting, to pause there.' }),
    at: dateTime.nullable().meta({
      description: 'The newest bar shown while judged bars are shown again; null: the newest there is.',
    }),
    revision: z.number().meta({ description: 'Counts the changes: of two copies the higher is the newer.' }),
  })
  .meta({ id: 'Replay' })
/** A replay as clients read it. */
export type Replay = Wire<typeof replay>

/** The routes for replays. */
export const replayRoutes = routesByName(
  route({
    id: 'postReplay',
    method: 'POST',
    path: '/api/replays',
    scope: 'admin',
    summary: 'Start a replay',
    description: 'The replay before it on the same stream is stopped.',
    body: replayInput,
    bodyError: 'ERR_REPLAY_INVALID',
    answer: replay,
    status: 201,
    problems: ['ERR_BUSY'],
  }),
  route({
    id: 'getReplays',
    method: 'GET',
    path: '/api/replays',
    scope: 'read',
    summary: 'List the last hundred replays',
    description: 'Newest first.',
    answer: z.object({ replays: z.array(replay) }).meta({ id: 'ReplayList' }),
  }),
  route({
    id: 'getReplay',
    method: 'GET',
    path: '/api/replays/:id',
    scope: 'read',
    summary: 'Get a replay',
    answer: replay,
    problems: ['ERR_NOT_FOUND'],
  }),
  route({
    id: 'patchReplay',
    method: 'PATCH',
    path: '/api/replays/:id',
    scope: 'admin',
    summary: 'Play, pause, stop, seek or step a replay, or change its speed',
    description: 'Going back hides bars on every page; no bar is judged or stored again.',
    body: replayChange,
    bodyError: 'ERR_REPLAY_INVALID',
    answer: replay,
    problems: ['ERR_NOT_FOUND', 'ERR_REPLAY_OVER', 'ERR_BUSY'],
  }),
)
