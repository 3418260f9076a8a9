import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { Feed } from '@candlewatch/api/feeds'
import type { Training } from '@candlewatch/api/training'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, secondMs, streamKey, streamOf } from '@candlewatch/core/time'
import { type Response, Router } from 'express'
import { handle } from '../http/handle.ts'
import { makeQueue } from '../platform/queue.ts'
import { eventText } from './event-text.ts'
import type { StreamHub } from './hub.ts'
import { type Listener, makeListener } from './listener.ts'

/** The limits of an event stream. */
export interface StreamOptions {
  readonly pingMs?: number
  /** The bytes that a client may leave unread before it is disconnected. */
  readonly maxUnreadBytes?: number
  /** Rows that are read at a time while a client catches up. */
  readonly pageRows?: number
}

/** The parts that the stream route works with. */
export interface StreamRouteParts extends StreamOptions {
  readonly store: Pick<ReplayStore & VerdictStore, 'lastSeq' | 'replays' | 'verdictsAfter'>
  readonly hub: StreamHub
  /** Called before a client follows a stream. */
  follow(stream: Stream): Promise<void>
  /** The feed of a stream if it is stale; a new client receives it. */
  staleFeed(stream: Stream): Feed | null
  /** The training under way or the last one: a new client gets all of it. */
  training(): Training
  /** Called when a client is disconnected because the store failed while it caught up. */
  failed(error: unknown): void
}

const maxReplays = 100

/** `GET /api/stream`: server-sent events about a stream and about the server. */
export function streamRoute(parts: StreamRouteParts): Router {
  const { store, hub, pingMs = 2 * secondMs, maxUnreadBytes = 4 * 2 ** 20, pageRows = 200 } = parts
  // One page at a time, however many clients resume at once after a restart: the verdicts of a page take a megabyte.
  const pages = makeQueue(Number.POSITIVE_INFINITY)

  const router = Router()
  handle(router, 'GET /api/stream', async ({ query }, { request, response }) => {
    const stream = { market: query.market, intervalMs: query.interval }
    const after = await resumeAfter(stream, request.get('last-event-id') ?? query.lastEventId)
    if (request.method === 'HEAD') {
      // A stream has no end that this request could wait for.
      response.type('text/event-stream')
      return
    }
    await parts.follow(stream)
    hub.refuseMore()
    begin(response)
    const listener = makeListener(response, {
      stream,
      keyId: request.caller?.keyId ?? null,
      after,
      maxUnreadBytes,
      written: hub.written,
    })
    connect(response, listener)
    greet(listener, stream)
    try {
      await showReplay(listener)
      await listener.catchUp(store, pageRows, page => pages.add('page', page))
    } catch (error) {
      // The status is sent already. The client connects again with its Last-Event-ID.
      parts.failed(error)
      response.destroy()
    }
  })
  return router

  /** The id of an event that the client has seen; null without one, and for one of a database that was emptied since. */
  async function resumeAfter(stream: Stream, id: string | undefined): Promise<number | null> {
    const after = seqOf(id)
    return after !== null && after > (await store.lastSeq(stream)) ? null : after
  }

  function connect(response: Response, listener: Listener): void {
    hub.add(listener)
    const ping = setInterval(() => listener.send('ping', eventText('ping', {})), pingMs)
    response.on('close', () => {
      clearInterval(ping)
      hub.remove(listener)
    })
  }

  function greet(listener: Listener, stream: Stream): void {
    const stale = parts.staleFeed(stream)
    if (stale) listener.send('feed', eventText('feed', stale))
    const training = parts.training()
    if (training.state !== 'idle') listener.send('training', eventText('training', training))
  }

  async function showReplay(listener: Listener): Promise<void> {
    const replays = await store.replays(maxReplays)
    const newest = replays.find(replay => streamKey(streamOf(replay)) === listener.key)
    if (newest && !listener.hasSent('replay')) listener.send('replay', eventText('replay', newest))
  }
}

function begin(response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  })
  response.write('retry: 1000\n\n')
}

function seqOf(id: string | undefined): number | null {
  if (id === undefined || id === '') return null
  if (/^\d{1,15}$/.test(id)) return Number(id)
  throw new CandlewatchError('ERR_QUERY_INVALID', 'lastEventId: Expected the id of an earlier event, a whole number.', {
    field: 'lastEventId',
  })
}
