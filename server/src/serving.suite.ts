import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { onTestFinished } from 'vitest'
import { type Access, openAccess } from './access/access.ts'
import { type AssembleParts, assemble } from './assemble.ts'
import type { Feeds } from './feeds/feeds.ts'
import { listen } from './http/listen.ts'
import type { Live } from './judging/live.ts'
import { fakeModels, openFake } from './models/fake-models.suite.ts'
import type { ModelRegistry } from './models/model-registry.ts'
import { readEnv } from './platform/env.ts'
import { type Log, makeLog } from './platform/log.ts'
import { type MemoryLimits, memoryLimits } from './platform/memory-limits.ts'
import type { Teller } from './told/teller.ts'

export const hourMs = 3_600_000 as Ms
export const btc: Stream = { market: 'bitstamp:BTC-USD' as Market, intervalMs: hourMs }
export const startMs = Date.UTC(2021, 0, 1)
/** 2021-02-01: everything in January has closed. */
export const nowMs = Date.UTC(2021, 1, 1) as Ms

/** The hour-th row of 2021, as it is posted. */
export function rowAt(hour: number, changes: object = {}) {
  return {
    date: isoDate(startMs + hour * hourMs),
    open: 100 + hour,
    high: 110 + hour,
    low: 90 + hour,
    close: 105 + hour,
    volume: 7,
    ...changes,
  }
}

export function barAt(hour: number, stream: Stream = btc): Bar {
  const { open, high, low, close, volume } = rowAt(hour)
  const ts = (startMs + (hour + 1) * hourMs) as Ms
  return { market: stream.market, ts, seen: nowMs, open, high, low, close, volume }
}

export const rowsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => rowAt(from + i))

/** A server under test, and how to call it. */
export interface Serving {
  readonly url: string
  readonly store: Store
  readonly live: Live
  readonly feeds: Feeds
  readonly registry: ModelRegistry
  readonly teller: Teller
  readonly nowMs: { value: Ms }
  readonly stopping: { value: boolean }
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string): Promise<Response>
  send(method: string, path: string, body: unknown): Promise<Response>
}

interface ServingOptions
  extends NonNullable<AssembleParts['stream']>,
    Partial<Pick<AssembleParts, 'train' | 'trial' | 'sources'>> {
  readonly store?: Store
  readonly log?: Log
  readonly access?: Partial<Access>
  readonly webDir?: string
  readonly modelsDir?: string
  readonly retrainCron?: string
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly memory?: Partial<MemoryLimits>
}

/** The real application on a port of its own, closed with the test. */
export async function serving(options: ServingOptions = {}): Promise<Serving> {
  const store = options.store ?? memoryStore()
  const now = { value: nowMs }
  const stopping = { value: false }
  const { train = async () => ({ version: '1' }), trial = async () => null, webDir = '/nowhere' } = options
  const { app, live, feeds, registry, teller, listensAt, close } = await assemble({
    env: readEnv({
      MODEL: 'fake',
      MODELS_DIR: options.modelsDir ?? (await fakeModels('1')),
      MODELS_CACHE_DIR: await fakeModels(),
      WEB_DIR: webDir,
      RETRAIN_CRON: options.retrainCron,
      ...options.env,
    }),
    clock: { now: () => now.value },
    log: options.log ?? makeLog('silent'),
    access: { ...openAccess, ...options.access },
    store,
    openModel: () => openFake,
    train,
    trial,
    sources: options.sources ?? [],
    checks: [],
    backend: 'none',
    isStopping: () => stopping.value,
    stream: options,
    memory: { ...memoryLimits(), ...options.memory },
  })
  const { port, drain } = await listen(app, 0, '127.0.0.1')
  onTestFinished(async () => {
    await Promise.all([close(), drain()])
  })
  const url = `http://127.0.0.1:${port}`
  await listensAt(url)
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    url,
    store,
    live,
    feeds,
    registry,
    teller,
    send,
    nowMs: now,
    stopping,
    post: (body, headers) => send('POST', '/predict_anomaly', body, headers),
    get: path => fetch(`${url}${path}`),
  }
}

export async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T
}

/** A server-sent event as a client reads it. */
export interface Event {
  readonly event: string
  readonly id: string | null
  readonly data: unknown
}

/** Reads server-sent events until `enough`, then leaves. */
export async function eventsOf(
  url: string,
  enough: (events: readonly Event[]) => boolean,
  onOpen: () => Promise<unknown> = () => Promise.resolve(),
  headers: Record<string, string> = {},
): Promise<Event[]> {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  const opened = onOpen()
  const events: Event[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const parts = text.split('\n\n')
    text = parts.pop()!
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? null
      const event = field('event')
      if (event !== null) events.push({ event, id: field('id'), data: JSON.parse(field('data')!) })
    }
    if (enough(events)) break
  }
  stop.abort()
  await opened
  return events
}
