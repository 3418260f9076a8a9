import type { Replay } from '@candlewatch/core/types'
import { EventSource } from 'eventsource'
import { keyHeader } from './client.ts'

/** The replay as it stands now, and a way to notice that it changed. */
export interface Steering {
  current(): Replay
  apply(replay: Replay): void
  /** Aborted at the next change. */
  changed(): AbortSignal
}

export function makeSteering(replay: Replay): Steering {
  let current = replay
  let change = new AbortController()
  return {
    current: () => current,
    apply(next) {
      // Answers and the stream overtake each other.
      if (next.id !== replay.id || next.revision < current.revision) return
      current = next
      const waiting = change
      change = new AbortController()
      waiting.abort()
    },
    changed: () => change.signal,
  }
}

/** Hands on every `replay` event of the stream; it reconnects by itself. Returns how to leave. */
export function followReplay(
  url: string,
  apiKey: string | null,
  { market, interval }: Replay,
  apply: (replay: Replay) => void,
): () => void {
  const address = new URL('/api/stream', url)
  address.search = new URLSearchParams({ market, interval }).toString()
  const events = new EventSource(address, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...keyHeader(apiKey) } }),
  })
  events.addEventListener('replay', event => apply(JSON.parse(String(event.data)) as Replay))
  return () => events.close()
}
