import type { Replay, Verdict } from '@candlewatch/core/types'
import type { FeedHealth } from './health.ts'
import type { BarRow, Connection, MarketRow } from './state.ts'

/** What the server says when it refuses: RFC 9457. */
export class ApiError extends Error {
  readonly code: string | null
  constructor(message: string, code: string | null) {
    super(message)
    this.code = code
  }
}

export interface Query {
  readonly market: string
  readonly interval: string
  readonly from?: string
  readonly to?: string
  readonly limit?: number
  readonly cursor?: string
}

/** An answer this late is none: the page says within 5 s that nobody is there. */
const patienceMs = 4_000

export async function fetchMarkets(): Promise<readonly MarketRow[]> {
  return (await ask<{ markets: MarketRow[] }>('/api/markets', { signal: AbortSignal.timeout(patienceMs) })).markets
}

export function fetchBars(
  query: Query,
): Promise<{ readonly bars: readonly BarRow[]; readonly nextCursor: string | null }> {
  return ask(`/api/bars?${parameters(query)}`)
}

export function fetchVerdicts(query: Query): Promise<{
  readonly verdicts: readonly Verdict[]
  readonly nextCursor: string | null
  readonly lastEventId: string
}> {
  return ask(`/api/verdicts?${parameters(query)}`)
}

/** Newest first. */
export async function fetchReplays(): Promise<readonly Replay[]> {
  return (await ask<{ replays: Replay[] }>('/api/replays', { signal: AbortSignal.timeout(patienceMs) })).replays
}

export function patchReplay(
  id: string,
  change: { readonly state?: 'playing' | 'paused'; readonly everyMs?: number; readonly seek?: string },
): Promise<Replay> {
  const headers = { 'content-type': 'application/json' }
  return ask(`/api/replays/${encodeURIComponent(id)}`, { method: 'PATCH', headers, body: JSON.stringify(change) })
}

/** Whether the server asks for a key, and the name of the one that signed this browser in. */
export interface Session {
  readonly keyRequired: boolean
  readonly name: string | null
  readonly scope: 'read' | 'ingest' | 'admin' | null
}

export function fetchSession(): Promise<Session> {
  return ask('/api/session', { signal: AbortSignal.timeout(patienceMs) })
}

/** Throws ApiError with ERR_KEY_INVALID. */
export function openSession(key: string): Promise<Session> {
  const headers = { 'content-type': 'application/json' }
  return ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ key }) })
}

export async function closeSession(): Promise<void> {
  await fetch('/api/session', { method: 'DELETE' })
}

export interface StreamListener {
  bar(row: BarRow): void
  verdict(verdict: Verdict): void
  replay(replay: Replay): void
  /** The feed fell silent, or is back. */
  feed(health: FeedHealth): void
  budget(budget: { readonly alarmsPerWeek: number }): void
  connection(connection: Connection, heardAt: number): void
  /** The server answered, and said no. */
  refused(): void
}

/** The server speaks every 2 s at least; two words missed and a bit is silence. */
const silenceMs = 4_200

/**
 * Listens until the returned function is called, through every loss of the connection. EventSource gives up for good on an
 * HTTP error and does not notice a dead line: it is opened anew then, from the last event that came.
 */
export function openStream(query: Query, lastEventId: string | null, on: StreamListener): () => void {
  let source: EventSource | null = null
  let last = lastEventId
  let heardAt = Date.now()
  let openedAt = 0

  const hear = (event: Event) => {
    heardAt = Date.now()
    if (event instanceof MessageEvent && event.lastEventId) last = event.lastEventId
    on.connection('live', heardAt)
  }
  const listen = <T>(name: string, then: (value: T) => void) => {
    source?.addEventListener(name, event => {
      hear(event)
      then(JSON.parse(event.data))
    })
  }
  const open = () => {
    source?.close()
    openedAt = Date.now()
    source = new EventSource(
      `/api/stream?${parameters(query)}${last ? `&lastEventId=${encodeURIComponent(last)}` : ''}`,
    )
    source.onopen = hear
    source.onerror = () => on.connection(Date.now() - heardAt < silenceMs ? 'reconnecting' : 'lost', heardAt)
    listen('bar', on.bar)
    listen('verdict', on.verdict)
    listen('replay', on.replay)
    listen('feed', on.feed)
    listen('budget', on.budget)
    listen('ping', () => {})
  }
  open()
  const watch = setInterval(() => {
    const now = Date.now()
    if (now - heardAt < silenceMs) {
      // Refused outright: EventSource won't try again by itself.
      if (source?.readyState === EventSource.CLOSED && now - openedAt > 1_000) {
        on.refused()
        open()
      }
      return
    }
    on.connection('lost', heardAt)
    if (now - openedAt > silenceMs) open()
  }, 250)
  return () => {
    clearInterval(watch)
    source?.close()
  }
}

export function parameters(query: Query): URLSearchParams {
  return new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
}

export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new ApiError(`The server does not answer (${cause instanceof Error ? cause.message : cause}).`, null)
  })
  if (response.ok) return response.json()
  const problem = await response.json().catch(() => null)
  throw new ApiError(
    problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`,
    problem?.code ?? null,
  )
}
