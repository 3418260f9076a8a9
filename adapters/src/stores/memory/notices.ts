import type { NoticeListener, NoticeStore } from '../notices.ts'

/** Notices in memory. */
export function memoryNotices(): NoticeStore {
  const listeners = new Set<NoticeListener>()
  return {
    async notify(texts) {
      for (const text of texts) for (const listener of listeners) setImmediate(() => listener.received(text))
    },
    listen(listener) {
      listeners.add(listener)
      setImmediate(() => listener.missed())
      return () => void listeners.delete(listener)
    },
  }
}
