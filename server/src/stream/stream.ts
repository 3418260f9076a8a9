import type { BudgetRecord } from '@candlewatch/adapters/stores/budgets'
import type { ModelRecord } from '@candlewatch/adapters/stores/models'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import type { SequencedVerdict, VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Replay, Verdict } from '@candlewatch/core/types'
import { type Request, type Response, Router } from 'express'
import { shownBudget } from '../budget/budget-schemas.ts'
import type { ShownFeed } from '../feeds/feed.ts'
import { parsed } from '../http/problem.ts'
import { shownBar, streamQuery } from '../http/schemas.ts'
import type { ShownImport } from '../imports/imports.ts'
import type { Training } from '../models/training.ts'

/** Server-sent events for every listener, fed by what was committed. */
export interface StreamHub {
  readonly router: Router
  publish(stream: Stream, committed: readonly SequencedVerdict[]): void
  publishReplay(replay: Replay): void
  /** A feed that became stale, or came back. */
  publishFeed(feed: ShownFeed): void
  /** To every listener, whatever it looks at. */
  publishModel(model: ModelRecord): void
  /** To every listener: of a training under way, with the epochs that ended since the last time. */
  publishTraining(training: Training): void
  /** To every listener: the budget is everyone's. */
  publishBudget(budget: BudgetRecord): void
  /** To every listener: an import may be of a market that nobody looks at yet. */
  publishImport(shown: ShownImport): void
  /** How many listen. */
  listeners(): number
  /** Ends every listener's stream and refuses new ones. They resume elsewhere by their Last-Event-ID. */
  close(): void
}

export interface StreamOptions {
  /** The feed if it is stale: whoever connects hears of it. */
  staleFeed?(stream: Stream): ShownFeed | null
  /** The training under way or the last one: whoever connects hears all of it. */
  training?(): Training
  readonly pingMs?: number
  /** What one listener may leave unread before it is dropped. It resumes with nothing lost. */
  readonly mostUnreadBytes?: number
  readonly pageRows?: number
}

interface Listener {
  readonly market: string
  readonly interval: string
  send(event: string): void
  /** Rows were committed: send them, or remember that there are some to fetch. */
  committed(rows: readonly FormattedRow[]): void
  end(): void
  replayShown: boolean
}

interface FormattedRow {
  readonly seq: number
  readonly event: string
}

/** `GET /api/stream`. After Hickson, Server-sent events, WHATWG HTML 9.2. */
export function makeStreamHub(store: VerdictStore & ReplayStore, options: StreamOptions = {}): StreamHub {
  const { pingMs = 2_000, mostUnreadBytes = 4 * 2 ** 20, pageRows = 500 } = options
  const listeners = new Set<Listener>()
  let closed = false
  let lossesSent = 0

  const router = Router().get('/api/stream', async (request, response) => {
    const query = parsed(streamQuery, request.query, 'ERR_QUERY_INVALID')
    let after = resumeAfter(request)
    // An id from a database that has been emptied since would otherwise hide all that comes.
    if (after !== null && after > (await store.lastSeq())) after = null
    // Whoever asks for the head alone would wait for the end, which never comes.
    if (request.method === 'HEAD') {
      response.type('text/event-stream').end()
      return
    }
    if (closed) throw new CandlewatchError('ERR_STOPPING', 'The server is stopping. Connect again when it is back.')
    await listen(response, { market: query.market, intervalMs: query.interval }, after)
  })

  return {
    router,
    publish(stream, committed) {
      const interval = formatInterval(stream.intervalMs)
      const those = [...listeners].filter(one => one.market === stream.market && one.interval === interval)
      if (those.length === 0) return
      const rows = committed.map(formatted)
      for (const listener of those) listener.committed(rows)
    },
    publishReplay(replay) {
      for (const listener of listeners) {
        if (listener.market !== replay.market || listener.interval !== replay.interval) continue
        listener.replayShown = true
        listener.send(eventOf('replay', replay))
      }
    },
    publishFeed(feed) {
      for (const listener of listeners) {
        if (listener.market === feed.market && listener.interval === feed.interval) listener.send(eventOf('feed', feed))
      }
    },
    publishModel({ name, version, state, reason }) {
      toAll(eventOf('model', { name, version, state, reason }))
    },
    publishTraining(training) {
      // A training that begins anew has fewer.
      const from = training.losses.length < lossesSent ? 0 : lossesSent
      lossesSent = training.losses.length
      toAll(eventOf('training', { ...training, losses: training.losses.slice(from) }))
    },
    publishBudget(budget) {
      toAll(eventOf('budget', shownBudget(budget)))
    },
    publishImport(shown) {
      toAll(eventOf('import', shown))
    },
    listeners: () => listeners.size,
    close() {
      closed = true
      for (const listener of listeners) listener.end()
    },
  }

  function toAll(event: string): void {
    for (const listener of listeners) listener.send(event)
  }

  async function listen(response: Response, stream: Stream, after: number | null): Promise<void> {
    const of = { market: stream.market, interval: formatInterval(stream.intervalMs) }
    let live = after === null
    let behind = false
    let sent = after ?? 0
    const listener: Listener = {
      ...of,
      replayShown: false,
      send(event) {
        // Told to end, it may still be open for a moment.
        if (response.writableEnded) return
        response.write(event)
        if (response.writableLength > mostUnreadBytes) response.destroy()
      },
      committed(rows) {
        if (!live) {
          behind = true
          return
        }
        // Rows that were fetched from the store may be published only now.
        const unsent = rows.filter(row => row.seq > sent)
        sent = unsent.at(-1)?.seq ?? sent
        if (unsent.length > 0) listener.send(unsent.map(row => row.event).join(''))
      },
      end: () => response.end(),
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    })
    response.write('retry: 1000\n\n')
    listeners.add(listener)
    const stale = options.staleFeed?.(stream)
    if (stale) listener.send(eventOf('feed', stale))
    const training = options.training?.()
    if (training && training.state !== 'idle') listener.send(eventOf('training', training))
    const ping = setInterval(() => listener.send(eventOf('ping', {})), pingMs)
    response.on('close', () => {
      clearInterval(ping)
      listeners.delete(listener)
    })

    try {
      const replays = await store.replays(100)
      const latest = replays.find(one => one.market === of.market && one.interval === of.interval)
      if (latest && !listener.replayShown) listener.send(eventOf('replay', latest))
      for (let position = sent; !live; ) {
        behind = false
        const page = await store.verdictsAfter(position, pageRows)
        const rows = page.filter(({ verdict }) => verdict.market === of.market && verdict.interval === of.interval)
        position = page.at(-1)?.seq ?? position
        sent = rows.at(-1)?.seq ?? sent
        const flushed = rows.length === 0 || response.write(rows.map(row => formatted(row).event).join(''))
        // No await between this test and the change: a commit is either in a page or finds the listener live.
        if (page.length < pageRows && !behind) live = true
        else if (!flushed) await drained(response)
        if (response.destroyed) return
      }
    } catch {
      // The status is sent already. A listener that is cut off comes back with its Last-Event-ID.
      response.destroy()
    }
  }
}

function resumeAfter(request: Request): number | null {
  const given = request.get('last-event-id') ?? request.query.lastEventId
  if (given === undefined || given === '') return null
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given)
  throw new CandlewatchError('ERR_QUERY_INVALID', 'lastEventId: Expected the id of an earlier event, a whole number.', {
    field: 'lastEventId',
  })
}

/** Both events in one piece, so that a cut connection never leaves the bar without its verdict. */
function formatted({ seq, verdict }: SequencedVerdict): FormattedRow {
  return { seq, event: eventOf('bar', shownBarOf(verdict)) + eventOf('verdict', verdictAnswer(verdict), seq) }
}

function shownBarOf(verdict: Verdict) {
  return shownBar(verdict.bar, verdict)
}

function eventOf(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

function drained(response: Response): Promise<void> {
  return new Promise(resolve => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}
