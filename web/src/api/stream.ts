import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Replay } from '@candlewatch/core/types'
import { parameters, type Query } from './ask.ts'
import type { BarRow } from './bars.ts'
import type { FeedHealth } from './feeds.ts'

/** Whether the event stream is heard. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'lost'

export interface StreamListener {
  bar(row: BarRow): void
  verdict(verdict: Verdict): void
  replay(replay: Replay): void
  /** The feed fell silent, or is back. */
  feed(health: FeedHealth): void
  budget(budget: { readonly alarmsPerWeek: number }): void
  connection(connection: Connection, heardAt: number): void
  /** The server answered, and said no. */
  refused(): void
}

type Listener = (event: MessageEvent) => void
const extra = new Map<string, Set<Listener>>()
let current: EventSource | null = null

/** Hears events of that name for as long as a stream is open, for parts of the page that load later. Returns how to stop. */
export function onEvent<T>(name: string, then: (value: T) => void): () => void {
  const listener: Listener = event => then(JSON.parse(event.data))
  const listeners = extra.get(name) ?? new Set()
  extra.set(name, listeners.add(listener))
  current?.addEventListener(name, listener)
  return () => {
    listeners.delete(listener)
    current?.removeEventListener(name, listener)
  }
}

/** The server speaks every 2 s at least; two words missed and a bit is silence. */
const silenceMs = 4_200

/**
 * Listens until the returned function is called, through every loss of the connection. EventSource gives up for good on an
 * HTTP error and does not notice a dead line: it is opened anew then, from the last event that came.
 */
export function openStream(query: Query, lastEventId: string | null, on: StreamListener): () => void {
  let source: EventSource | null = null
  let last = lastEventId
  let heardAt = Date.now()
  let openedAt = 0

  const hear = (event: Event) => {
    heardAt = Date.now()
    if (event instanceof MessageEvent && event.lastEventId) last = event.lastEventId
    on.connection('live', heardAt)
  }
  const listen = <T>(name: string, then: (value: T) => void) => {
    source?.addEventListener(name, event => {
      hear(event)
      then(JSON.parse(event.data))
    })
  }
  const open = () => {
    source?.close()
    openedAt = Date.now()
    source = new EventSource(
      `/api/stream?${parameters(query)}${last ? `&lastEventId=${encodeURIComponent(last)}` : ''}`,
    )
    source.onopen = hear
    source.onerror = () => on.connection(Date.now() - heardAt < silenceMs ? 'reconnecting' : 'lost', heardAt)
    listen('bar', on.bar)
    listen('verdict', on.verdict)
    listen('replay', on.replay)
    listen('feed', on.feed)
    listen('budget', on.budget)
    listen('ping', () => {})
    current = source
    for (const [name, listeners] of extra) for (const listener of listeners) source.addEventListener(name, listener)
  }
  open()
  const watch = setInterval(() => {
    const now = Date.now()
    if (now - heardAt < silenceMs) {
      // Refused outright: EventSource won't try again by itself.
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
  }
}
