import { defaultProfileId } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamKey, streamOf } from '@candlewatch/core/time'
import type { EventBus } from '../platform/events.ts'
import type { MemoryLimits } from '../platform/memory-limits.ts'
import { eventText, verdictText } from './event-text.ts'
import { type Listener, textOf } from './listener.ts'
import { boundUnread } from './unread.ts'

/** Sends the server's events to the clients of `/api/stream` that they concern. */
export interface StreamHub {
  /** Throws ERR_STOPPING once the hub is closed, and ERR_BUSY while too many clients are connected. */
  refuseMore(): void
  add(listener: Listener): void
  remove(listener: Listener): void
  /** Called by a listener after each write. */
  written(): void
  /** How many clients are connected. */
  listeners(): number
  /** The streams that clients follow. */
  followed(): readonly Stream[]
  isFollowed(stream: Stream): boolean
  /** Disconnects every client and refuses new ones. They resume elsewhere by their Last-Event-ID. */
  close(): void
}

/** How many clients may be connected, and how much all of them together may leave unread. */
export type HubLimits = Pick<MemoryLimits, 'listeners' | 'unreadBytes'>

/** Makes a hub that subscribes to the bus. Events about one stream go to its listeners, all others to everyone. */
export function makeStreamHub(events: Pick<EventBus, 'on'>, limits: HubLimits): StreamHub {
  const listeners = new Set<Listener>()
  const unread = boundUnread(listeners, limits.unreadBytes)
  let isClosed = false
  let lossesSent = 0

  for (const name of ['judged', 'judgedElsewhere'] as const) {
    events.on(name, ({ stream, committed }) => {
      const followers = followersOf(streamKey(stream))
      if (followers.length === 0) return
      const rows = committed.map(verdictText)
      const text = textOf(rows)
      for (const listener of followers) listener.committed(rows, text)
    })
  }
  for (const name of ['feed', 'replay', 'settings'] as const) {
    events.on(name, data => {
      const text = eventText(name, data)
      for (const listener of followersOf(streamKey(streamOf(data)))) listener.send(name, text)
    })
  }
  for (const name of ['model', 'budget', 'import'] as const) {
    events.on(name, data => {
      const text = eventText(name, data)
      for (const listener of listeners) listener.send(name, text)
    })
  }
  events.on('told', ({ incident, keyIds }) => {
    const text = eventText('told', incident)
    for (const listener of listeners) {
      const isOwn = listener.keyId !== null && keyIds.has(listener.keyId)
      if (incident.profile === (isOwn ? listener.keyId : defaultProfileId)) listener.send('told', text)
    }
  })
  events.on('training', training => {
    // Only the epochs since the event before are sent. A training that starts anew has fewer.
    const from = training.losses.length < lossesSent ? 0 : lossesSent
    lossesSent = training.losses.length
    const text = eventText('training', { ...training, losses: training.losses.slice(from) })
    for (const listener of listeners) listener.send('training', text)
  })

  return {
    refuseMore() {
      if (isClosed) {
        throw new CandlewatchError('ERR_STOPPING', 'The server is stopping. Connect again when it is back.')
      }
      if (listeners.size >= limits.listeners) {
        throw new CandlewatchError(
          'ERR_BUSY',
          `Expected at most ${limits.listeners} event streams at a time. Connect again later.`,
        )
      }
    },
    add: listener => void listeners.add(listener),
    remove: listener => void listeners.delete(listener),
    written: unread.written,
    listeners: () => listeners.size,
    followed: () => [...new Map([...listeners].map(({ key, stream }) => [key, stream] as const)).values()],
    isFollowed: stream => followersOf(streamKey(stream)).length > 0,
    close() {
      isClosed = true
      for (const listener of listeners) listener.end()
    },
  }

  function followersOf(key: string): readonly Listener[] {
    return [...listeners].filter(listener => listener.key === key)
  }
}
