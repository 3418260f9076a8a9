import type { Replay } from '@candlewatch/core/types'
import { EventSource } from 'eventsource'
import { keyHeader } from './client.ts'

/** The current state of a replay, and a way to notice changes. */
export interface Steering {
  current(): Replay
  apply(replay: Replay): void
  /** Returns a signal that the next change aborts. */
  changed(): AbortSignal
}

/** Makes the state of a replay that was created. */
export function makeSteering(replay: Replay): Steering {
  let current = replay
  let change = new AbortController()
  return {
    current: () => current,
    apply(next) {
      // Answers and stream events can arrive in any order.
      if (next.id !== replay.id || next.revision < current.revision) return
      current = next
      const waiting = change
      change = new AbortController()
      waiting.abort()
    },
    changed: () => change.signal,
  }
}

/** Passes on every `replay` event of the stream; it reconnects by itself. Returns a function that closes it. */
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
