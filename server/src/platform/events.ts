import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import type { EventData } from '@candlewatch/api/events'
import type { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import type { Log } from './log.ts'

/** The server's events by name. An event is published after the change that it reports was stored. */
export interface ServerEvents {
  /** New bars were judged and committed, oldest first. */
  readonly judged: { readonly stream: Stream; readonly committed: readonly SequencedVerdict[] }
  /** Another server has judged and committed bars of a stream that clients follow here. That server counts and logs them. */
  readonly judgedElsewhere: { readonly stream: Stream; readonly committed: readonly SequencedVerdict[] }
  /** Bars came again with the same numbers and were answered from the store. */
  readonly repeated: { readonly stream: Stream; readonly bars: readonly Bar[] }
  /** The newest bar of a stream was withdrawn; `newest` is now the newest. */
  readonly withdrawn: { readonly stream: Stream; readonly newest: Bar | null }
  /** A stream was archived or deleted. */
  readonly removed: { readonly stream: Stream }
  /** A row was refused; nothing of its request was stored. */
  readonly refused: { readonly stream: Stream; readonly openMs: Ms; readonly error: CandlewatchError }
  /** A feed became stale, or came back. */
  readonly feed: EventData<'feed'>
  /** A replay was started or changed. */
  readonly replay: EventData<'replay'>
  /** A version of a model was found, refused, promoted or retired. */
  readonly model: EventData<'model'>
  /** A training started, made progress or ended. */
  readonly training: EventData<'training'>
  /** Another alarm budget is in force. */
  readonly budget: EventData<'budget'>
  /** Other settings of a stream are in force. */
  readonly settings: EventData<'settings'>
  /** An incident of a profile began or changed, decided here or on another server. */
  readonly told: {
    readonly incident: EventData<'told'>
    /** The keys whose holders have a profile of their own. */
    readonly keyIds: ReadonlySet<string>
  }
  /** An import started, made progress or ended. */
  readonly import: EventData<'import'>
}

type Subscribers = { [Name in keyof ServerEvents]?: ((event: ServerEvents[Name]) => void)[] }

/** Carries events from the parts that cause them to the parts that react to them; neither knows the other. */
export interface EventBus {
  /** Calls the subscribers of an event one after another, in the order in which they subscribed, before it returns. */
  publish<Name extends keyof ServerEvents>(name: Name, event: ServerEvents[Name]): void
  on<Name extends keyof ServerEvents>(name: Name, handle: (event: ServerEvents[Name]) => void): void
}

/**
 * Makes a bus without subscribers. A subscriber that throws is logged; the others still get the event, and the publisher goes on.
 *
 * @example
 * const events = makeEventBus(log)
 * events.on('judged', ({ stream, committed }) => feeds.accepted(stream, committed))
 * events.publish('judged', { stream, committed })
 */
export function makeEventBus(log: Pick<Log, 'error'>): EventBus {
  const subscribers: Subscribers = {}

  return {
    publish(name, event) {
      for (const handle of subscribers[name] ?? []) {
        try {
          handle(event)
        } catch (err) {
          log.error({ err, event: name }, 'a subscriber failed to handle an event')
        }
      }
    },
    on(name, handle) {
      const handlers: Subscribers[typeof name] = subscribers[name] ?? []
      handlers.push(handle)
      subscribers[name] = handlers
    },
  }
}
