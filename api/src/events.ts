import { z } from 'zod'
import { bar } from './bars.ts'
import { budgetRecord } from './budget.ts'
import { episodeEventAnswer } from './episode.ts'
import { feed } from './feeds.ts'
import { importJob } from './imports.ts'
import { modelState } from './models.ts'
import { replay } from './replays.ts'
import type { DeepReadonly, Wire } from './route.ts'
import { streamSettingsRecord } from './settings.ts'
import { incident } from './told.ts'
import { training } from './training.ts'
import { verdictAnswer } from './verdict.ts'

const modelChange = z
  .object({
    name: z.string(),
    version: z.string(),
    state: modelState,
    reason: z.string().nullable().meta({ description: 'Why it is refused.' }),
  })
  .meta({ id: 'ModelStateChange', description: 'The state of a model version after a change.' })
/** A change of a version's state, as it is streamed. */
export type ModelStateChange = Wire<typeof modelChange>

/** The data of each event that GET /api/stream sends, by the name of the event. */
export const streamEvents = {
  /** A bar that was judged; its verdict follows in the same write. */
  bar,
  /** A change of an episode by the bar; sent between the bar and its verdict. */
  episode: episodeEventAnswer,
  /** Carries an id, after which a client resumes. */
  verdict: verdictAnswer,
  /** The newest replay of the stream at connection, then each change of one. */
  replay,
  /** A feed that became stale, or is stale at connection, and its return. */
  feed,
  /** A model version that changed its state. */
  model: modelChange,
  /** A step of a training, with the epochs that have ended since the event before; all of them at connection. */
  training,
  /** A new budget, for all streams without one of their own. */
  budget: budgetRecord,
  /** New settings of the stream. */
  settings: streamSettingsRecord,
  /** An incident of the caller's profile that began or changed: it was reported to them, or was not. */
  told: incident,
  /** An import that began, made progress or ended. */
  import: importJob,
  /** Sent every two seconds, so that a client notices a dead connection. */
  ping: z.object({}).meta({ id: 'Ping' }),
} as const

/** The name of an event of `/api/stream`. */
export type StreamEventName = keyof typeof streamEvents

/** The data of an event by its name: `EventData<'verdict'>`. */
export type EventData<Name extends StreamEventName> = DeepReadonly<z.output<(typeof streamEvents)[Name]>>

/** An event that GET /api/stream sends, as a client receives it. */
export type StreamEvent = {
  readonly [Name in StreamEventName]: { readonly event: Name; readonly data: EventData<Name> }
}[StreamEventName]
