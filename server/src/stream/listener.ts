import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { StreamEventName } from '@candlewatch/api/events'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Response } from 'express'
import { type VerdictText, verdictText } from './event-text.ts'

/** A client of `/api/stream`. It gets every verdict of its stream once and in order, starting after the id that it resumes from. */
export interface Listener {
  /** The key of the stream that it follows. */
  readonly key: string
  readonly stream: Stream
  /** The key of the client; null where none was needed. */
  readonly keyId: string | null
  /** Sends an event that carries no id. A client that reads too slowly is disconnected: it resumes with nothing lost. */
  send(name: StreamEventName, text: string): void
  /** Sends rows that were just committed, unless it is still catching up: then it will find them in the store. `text` is theirs. */
  committed(rows: readonly VerdictText[], text: string): void
  /** Tells whether an event of this name was sent to it. */
  hasSent(name: StreamEventName): boolean
  /** Sends what the store has after the last id; resolves once rows can be sent as they are committed. Each page is read in `inTurn`. */
  catchUp(store: Pick<VerdictStore, 'verdictsAfter'>, pageRows: number, inTurn: InTurn): Promise<void>
  /** The bytes that the client has not read yet. */
  unreadBytes(): number
  end(): void
  /** Ends the connection without sending what is unread. */
  disconnect(): void
}

/** Runs a job when it is its turn. */
export type InTurn = <T>(job: () => Promise<T>) => Promise<T>

/** The facts that a listener begins with. */
export interface ListenerOptions {
  readonly stream: Stream
  readonly keyId: string | null
  /** The id that the client has seen last; null when only new rows are wanted. */
  readonly after: number | null
  /** The bytes that it may leave unread. */
  readonly maxUnreadBytes: number
  /** Called after each write. */
  written(): void
}

/** Makes the listener of a response whose head was sent. */
export function makeListener(response: Response, options: ListenerOptions): Listener {
  const { stream, keyId, after, maxUnreadBytes, written } = options
  const key = streamKey(stream)
  const sentNames = new Set<StreamEventName>()
  let isLive = after === null
  let sentSeq = after ?? 0
  // Rows were committed since the store was read last.
  let isBehind = false

  return {
    key,
    stream,
    keyId,
    send(name, text) {
      sentNames.add(name)
      write(text)
    },
    committed(rows, text) {
      if (!isLive) {
        isBehind = true
        return
      }
      // Rows that were found in the store may be published only now.
      const unsent = rows.filter(row => row.seq > sentSeq)
      sentSeq = unsent.at(-1)?.seq ?? sentSeq
      // One text for all listeners: a copy for each would fill the memory.
      if (unsent.length === rows.length) write(text)
      else if (unsent.length > 0) write(textOf(unsent))
    },
    hasSent: name => sentNames.has(name),
    async catchUp(store, pageRows, inTurn) {
      while (!isLive) {
        const isFlushed = await inTurn(() => sendPage(store, pageRows))
        if (!isLive && !isFlushed) await drained(response)
        if (response.destroyed) return
      }
    },
    unreadBytes: () => response.writableLength,
    end: () => void response.end(),
    disconnect: () => void response.destroy(),
  }

  /** Sends one page, and becomes live after the last. A function of its own: while the client reads, nothing of the page is kept but its text. */
  async function sendPage(store: Pick<VerdictStore, 'verdictsAfter'>, pageRows: number): Promise<boolean> {
    if (response.destroyed) return true
    isBehind = false
    const page = await store.verdictsAfter(stream, sentSeq, pageRows)
    sentSeq = page.at(-1)?.seq ?? sentSeq
    const isFlushed = page.length === 0 || response.write(textOf(page.map(verdictText)))
    written()
    // No await between this test and the change: a commit is either in a page or finds the listener live.
    if (page.length < pageRows && !isBehind) isLive = true
    return isFlushed
  }

  function write(text: string): void {
    // An ended response can still be open for a moment.
    if (response.writableEnded) return
    response.write(text)
    if (response.writableLength > maxUnreadBytes) response.destroy()
    else written()
  }
}

/** The text of rows in one piece. */
export function textOf(rows: readonly VerdictText[]): string {
  return rows.map(row => row.text).join('')
}

function drained(response: Response): Promise<void> {
  return new Promise(resolve => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}
