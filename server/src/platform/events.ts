import type { BudgetRecord } from '@candlewatch/adapters/stores/budgets'
import type { ModelRecord } from '@candlewatch/adapters/stores/models'
import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import type { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Replay } from '@candlewatch/core/types'
import type { ShownFeed } from '../feeds/feed.ts'
import type { ShownImport } from '../imports/imports.ts'
import type { Training } from '../models/training.ts'
import type { Log } from './log.ts'

/** Everything that happens in the server. An event is published after the change that it reports was stored. */
export type ServerEvent =
  /** New bars were judged and committed, oldest first. */
  | { readonly type: 'judged'; readonly stream: Stream; readonly committed: readonly SequencedVerdict[] }
  /** Bars came again with the same numbers and were answered from the store. */
  | { readonly type: 'repeated'; readonly stream: Stream; readonly bars: readonly Bar[] }
  /** A row was refused; nothing of its request was stored. */
  | { readonly type: 'refused'; readonly stream: Stream; readonly openMs: Ms; readonly error: CandlewatchError }
  /** A feed became stale, or came back. */
  | { readonly type: 'feed'; readonly feed: ShownFeed }
  | { readonly type: 'replay'; readonly replay: Replay }
  /** A model was found, refused, promoted or retired. */
  | { readonly type: 'model'; readonly model: ModelRecord }
  /** A training started, went on or ended. */
  | { readonly type: 'training'; readonly training: Training }
  | { readonly type: 'budget'; readonly budget: BudgetRecord }
  /** An import started, went on or ended. */
  | { readonly type: 'import'; readonly import: ShownImport }

export type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { readonly type: T }>

/** Carries events from the parts that cause them to the parts that react to them; neither knows the other. */
export interface EventBus {
  /** Calls the subscribers of this type one after another, in the order in which they subscribed, before it returns. */
  publish(event: ServerEvent): void
  on<T extends ServerEvent['type']>(type: T, handle: (event: EventOf<T>) => void): void
}

/** A subscriber that throws is logged; the others still get the event, and the publisher goes on. */
export function makeEventBus(log: Pick<Log, 'error'>): EventBus {
  const subscribers: { [T in ServerEvent['type']]?: ((event: EventOf<T>) => void)[] } = {}

  return {
    publish<T extends ServerEvent['type']>(event: EventOf<T>) {
      for (const handle of subscribers[event.type as T] ?? []) {
        try {
          handle(event)
        } catch (err) {
          log.error({ err, event: event.type }, 'a subscriber failed to handle an event')
        }
      }
    },
    on(type, handle) {
      const list = subscribers[type]
      if (list) list.push(handle)
      else Object.assign(subscribers, { [type]: [handle] })
    },
  }
}
