import type { Listener } from './listener.ts'

/** Bounds the bytes that all clients of the event stream together have not read yet. */
export interface UnreadBound {
  /** Called after something was written: the bytes are counted soon, once the sockets took what they could. */
  written(): void
}

/** Disconnects the clients that are furthest behind while the sum exceeds `maxBytes`. They resume with nothing lost. */
export function boundUnread(listeners: ReadonlySet<Listener>, maxBytes: number): UnreadBound {
  let isPlanned = false

  function check(): void {
    isPlanned = false
    const behind = [...listeners].map(listener => ({ listener, bytes: listener.unreadBytes() }))
    let sum = behind.reduce((before, { bytes }) => before + bytes, 0)
    if (sum <= maxBytes) return
    for (const { listener, bytes } of behind.sort((a, b) => b.bytes - a.bytes)) {
      listener.disconnect()
      sum -= bytes
      if (sum <= maxBytes) return
    }
  }

  return {
    written() {
      if (isPlanned) return
      isPlanned = true
      setImmediate(check)
    },
  }
}
