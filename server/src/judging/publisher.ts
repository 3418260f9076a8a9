import type { SequencedVerdict, VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamKey } from '@candlewatch/core/time'

/** Publishes every committed verdict once and in order, also when the outcome of a commit is unknown at first. */
export interface Publisher {
  /** Called when an engine of the stream begins, before its first commit. */
  begin(stream: Stream): Promise<void>
  /** Publishes a commit that was acknowledged, after everything before it. */
  committed(stream: Stream, committed: readonly SequencedVerdict[]): Promise<void>
  /**
   * Called when a commit failed: it may be stored all the same. What is stored is then read and published. A stream that another
   * process judges from now on (ERR_STREAM_MOVED) is forgotten: that process publishes it.
   */
  failed(stream: Stream, error: unknown): void
  /** Ends the reading. */
  close(): void
}

/** The parts that a publisher works with. */
export interface PublisherParts {
  readonly store: Pick<VerdictStore, 'lastSeq' | 'settledAfter'>
  publish(stream: Stream, committed: readonly SequencedVerdict[]): void
  readonly retryMs?: number
}

interface Position {
  readonly stream: Stream
  /** The seq of the newest verdict that was published. */
  seq: number
  isDoubted: boolean
  retry: NodeJS.Timeout | undefined
}

const pageRows = 500

/** Makes a publisher. A stream's position is read from the store when its first engine begins and kept in memory from then on. */
export function makePublisher({ store, publish, retryMs = 500 }: PublisherParts): Publisher {
  const positions = new Map<string, Position>()
  let isClosed = false

  return {
    async begin(stream) {
      const known = positions.get(streamKey(stream))
      const position = known ?? { stream, seq: await store.lastSeq(stream), isDoubted: false, retry: undefined }
      positions.set(streamKey(stream), position)
      // Commits that ended meanwhile, such as the last ones of a process that was killed, were published by nobody.
      await settle(position)
    },
    async committed(stream, committed) {
      const position = positionOf(stream)
      if (!position.isDoubted) return publishNew(position, committed)
      // These are among what is stored after the position.
      await settle(position).catch(() => retryLater(position))
    },
    failed(stream, error) {
      const position = positionOf(stream)
      if (error instanceof CandlewatchError && error.code === 'ERR_STREAM_MOVED') {
        clearTimeout(position.retry)
        positions.delete(streamKey(stream))
        return
      }
      position.isDoubted = true
      retryLater(position)
    },
    close() {
      isClosed = true
      for (const { retry } of positions.values()) clearTimeout(retry)
    },
  }

  function positionOf(stream: Stream): Position {
    const position = positions.get(streamKey(stream))
    if (!position) throw new Error(`Expected the position of ${streamKey(stream)}: begin comes first.`)
    return position
  }

  function publishNew(position: Position, committed: readonly SequencedVerdict[]): void {
    const unpublished = committed.filter(({ seq }) => seq > position.seq)
    const last = unpublished.at(-1)
    if (!last) return
    position.seq = last.seq
    publish(position.stream, unpublished)
  }

  /** Publishes everything that is stored after the position. */
  async function settle(position: Position): Promise<void> {
    while (true) {
      const page = await store.settledAfter(position.stream, position.seq, pageRows)
      publishNew(position, page)
      if (page.length < pageRows) break
    }
    position.isDoubted = false
    clearTimeout(position.retry)
    position.retry = undefined
  }

  function retryLater(position: Position): void {
    if (isClosed || position.retry) return
    position.retry = setTimeout(() => {
      position.retry = undefined
      settle(position).catch(() => {
        if (position.isDoubted) retryLater(position)
      })
    }, retryMs)
    position.retry.unref()
  }
}
