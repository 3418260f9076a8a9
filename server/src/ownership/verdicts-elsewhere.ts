import type { SequencedVerdict, VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Log } from '../platform/log.ts'
import type { StreamHub } from '../stream/hub.ts'

/** Verdicts that other servers commit, for the clients that follow their streams here. */
export interface VerdictsElsewhere {
  /** Called before a client follows a stream here: it is sent what is committed from now on. */
  follow(stream: Stream): Promise<void>
  /** Another server has committed verdicts of a stream, after one position and up to another. */
  committed(stream: Stream, afterSeq: number, seq: number): void
  /** This server has published verdicts of a stream up to this position. */
  published(stream: Stream, seq: number): void
  /** Reads what has not been published of every stream that is followed. */
  missed(): void
  /** Resolves when everything that is stored of a stream is published here. */
  catchUp(stream: Stream): Promise<void>
  close(): void
}

/** The parts that it works with. */
export interface VerdictsElsewhereParts {
  readonly store: Pick<VerdictStore, 'lastSeq' | 'verdictsAfter'>
  readonly hub: Pick<StreamHub, 'followed' | 'isFollowed'>
  /** Called with verdicts in the order of their commits. After a doubt some can come again. */
  publish(stream: Stream, committed: readonly SequencedVerdict[]): void
  readonly log: Log
}

interface Position {
  readonly stream: Stream
  /** Everything up to here was published, or is of no interest to anyone here. */
  seq: number
  reading: Promise<void> | null
  /** There may be more than what was read. */
  isBehind: boolean
}

const pageRows = 500
const retryMs = 1_000
/** Any client can follow any stream: beyond this number, those that nobody follows any more are forgotten. */
const maxPositions = 1_000

/** Makes the reader of other servers' verdicts. */
export function makeVerdictsElsewhere(parts: VerdictsElsewhereParts): VerdictsElsewhere {
  const { store, hub, publish, log } = parts
  const positions = new Map<string, Position>()
  const retries = new Set<NodeJS.Timeout>()
  let isClosed = false

  return {
    async follow(stream) {
      if (positions.has(streamKey(stream))) return
      const seq = await store.lastSeq(stream)
      if (positions.size >= maxPositions) forgetUnfollowed()
      positionOf(stream, seq)
    },
    committed(stream, afterSeq, seq) {
      const known = positions.get(streamKey(stream))
      if (hub.isFollowed(stream) || (known && known.reading !== null)) readSoon(stream, positionOf(stream, afterSeq))
      else if (known) known.seq = Math.max(known.seq, seq)
    },
    published(stream, seq) {
      const known = positions.get(streamKey(stream))
      if (known) known.seq = Math.max(known.seq, seq)
    },
    missed() {
      for (const stream of hub.followed()) {
        const known = positions.get(streamKey(stream))
        if (known) readSoon(stream, known)
      }
    },
    async catchUp(stream) {
      const known = positions.get(streamKey(stream))
      if (!known || !hub.isFollowed(stream)) return
      known.isBehind = true
      await read(stream, known)
    },
    close() {
      isClosed = true
      for (const retry of retries) clearTimeout(retry)
    },
  }

  function readSoon(stream: Stream, position: Position): void {
    position.isBehind = true
    read(stream, position).catch(err => {
      if (isClosed) return
      log.warn({ err, market: stream.market }, 'the verdicts of another server could not be read yet')
      const retry = setTimeout(() => {
        retries.delete(retry)
        readSoon(stream, position)
      }, retryMs)
      retries.add(retry)
    })
  }

  function read(stream: Stream, position: Position): Promise<void> {
    position.reading ??= readAll(stream, position).finally(() => {
      position.reading = null
    })
    return position.reading
  }

  async function readAll(stream: Stream, position: Position): Promise<void> {
    while (position.isBehind && !isClosed) {
      position.isBehind = false
      const page = await store.verdictsAfter(stream, position.seq, pageRows)
      // What this server has published meanwhile is not published again.
      const unpublished = page.filter(({ seq }) => seq > position.seq)
      const last = unpublished.at(-1)
      if (last) {
        position.seq = last.seq
        publish(stream, unpublished)
      }
      if (page.length === pageRows) position.isBehind = true
    }
  }

  function positionOf(stream: Stream, seq: number): Position {
    const key = streamKey(stream)
    const position = positions.get(key) ?? { stream, seq, reading: null, isBehind: false }
    positions.set(key, position)
    return position
  }

  function forgetUnfollowed(): void {
    for (const [key, { stream, reading }] of positions) {
      if (reading === null && !hub.isFollowed(stream)) positions.delete(key)
    }
  }
}
