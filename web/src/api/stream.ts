import { addressOf } from '@candlewatch/api/client'
import type { EventData, StreamEventName } from '@candlewatch/api/events'
import type { StreamQuery } from './ask.ts'

/** The state of the connection to the event stream. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'lost'

/** The callbacks through which a stream reports its events and its state. */
export interface StreamListener {
  connection(connection: Connection, heardAt: number): void
  /** The server answered, and refused the stream. */
  refused(): void
}

type Listener = (event: MessageEvent) => void
const listeners = new Map<StreamEventName, Set<Listener>>()
let source: EventSource | null = null

/** Listens to an event for as long as a stream is open, also when the stream opens later. Returns how to stop. */
export function onEvent<Name extends StreamEventName>(name: Name, run: (data: EventData<Name>) => void): () => void {
  const listener: Listener = event => run(JSON.parse(event.data))
  const ofName = listeners.get(name) ?? new Set()
  listeners.set(name, ofName.add(listener))
  source?.addEventListener(name, listener)
  return () => {
    ofName.delete(listener)
    source?.removeEventListener(name, listener)
  }
}

/** The server sends something every 2 s at least; after two missed messages and a margin the stream counts as silent. */
const silenceMs = 4_200

/** Events that come often enough to show that the connection is alive, and carry the id to resume from. */
const heard: readonly StreamEventName[] = ['bar', 'verdict', 'replay', 'feed', 'budget', 'settings', 'ping']

/**
 * Keeps a stream open until the returned function is called, through every loss of the connection. EventSource gives up on an
 * HTTP error and does not notice a dead line; the stream is then opened again, from the last event that came.
 */
export function openStream(query: StreamQuery, lastEventId: string | null, on: StreamListener): () => void {
  let last = lastEventId
  let heardAt = Date.now()
  let openedAt = 0

  const hear = (event: Event) => {
    heardAt = Date.now()
    if (event instanceof MessageEvent && event.lastEventId) last = event.lastEventId
    on.connection('live', heardAt)
  }
  const open = () => {
    source?.close()
    openedAt = Date.now()
    const opened = new EventSource(
      addressOf('GET /api/stream', { query: { ...query, ...(last && { lastEventId: last }) } }),
    )
    opened.onopen = hear
    opened.onerror = () => on.connection(Date.now() - heardAt < silenceMs ? 'reconnecting' : 'lost', heardAt)
    for (const name of heard) opened.addEventListener(name, hear)
    for (const [name, ofName] of listeners) for (const listener of ofName) opened.addEventListener(name, listener)
    source = opened
  }
  open()
  const watch = setInterval(() => {
    const now = Date.now()
    if (now - heardAt < silenceMs) {
      // Refused outright: EventSource does not try again by itself.
      if (source?.readyState === EventSource.CLOSED && now - openedAt > 1_000) {
        on.refused()
        open()
      }
      return
    }
    on.connection('lost', heardAt)
    if (now - openedAt > silenceMs) open()
  }, 250)
  return () => {
    clearInterval(watch)
    source?.close()
    source = null
  }
}
