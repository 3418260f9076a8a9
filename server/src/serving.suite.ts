import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store, Stream } from '@candlewatch/adapters/stores/store'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Market, Ms, Pipeline, Verdict } from '@candlewatch/core/types'
import { onTestFinished } from 'vitest'
import { type Access, openAccess } from './access/access.ts'
import { makeApp } from './app.ts'
import { openBudgets } from './budget/budget.ts'
import { type Feeds, makeFeeds, restoreFeeds } from './feeds/feeds.ts'
import { listen } from './http/listen.ts'
import { makeImports } from './imports/imports.ts'
import { type Live, type LiveParts, makeLive } from './judging/live.ts'
import { fakeModels, openFake } from './models/fake-models.suite.ts'
import { currentModel, type Models, openModels } from './models/models.ts'
import { makeRetrain, type RetrainParts } from './models/retrain.ts'
import { meteredLive, meteredModel, meteredStore } from './operations/metered.ts'
import { makeMetrics } from './operations/metrics.ts'
import { observe } from './operations/metrics-state.ts'
import { type Log, makeLog } from './platform/log.ts'
import { makeStreamHub, type StreamOptions } from './stream/stream.ts'

export const hourMs = 3_600_000 as Ms
export const btc: Stream = { market: 'bitstamp:BTC-USD' as Market, intervalMs: hourMs }
export const startMs = Date.UTC(2021, 0, 1)
/** 2021-02-01: everything in January has closed. */
export const nowMs = Date.UTC(2021, 1, 1) as Ms

/** The hour-th row of 2021, as it is posted. */
export function rowAt(hour: number, changes: object = {}) {
  return {
    date: isoDate(startMs + hour * hourMs),
    ...{ open: 100 + hour, high: 110 + hour, low: 90 + hour, close: 105 + hour, volume: 7 },
    ...changes,
  }
}

export function barAt(hour: number, stream: Stream = btc): Bar {
  const { open, high, low, close, volume } = rowAt(hour)
  const ts = (startMs + (hour + 1) * hourMs) as Ms
  return { kind: 'bar', market: stream.market, ts, seen: nowMs, open, high, low, close, volume }
}

export const rowsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => rowAt(from + i))

/** Its verdict tells how many bars it stepped, how many it warmed up with and the sum of their closes. */
export function fakePipeline(stream: Stream, version = '1'): Pipeline & { readonly stepped: number } {
  let stepped = 0
  let warmed = 0
  let sum = 0
  let alarmsPerWeek = 1
  return {
    get alarmsPerWeek() {
      return alarmsPerWeek
    },
    set alarmsPerWeek(next) {
      alarmsPerWeek = next
    },
    scores: { model: [], naive: [] },
    get stepped() {
      return stepped
    },
    step(bar): Verdict {
      stepped += 1
      sum += bar.close
      return {
        id: `${bar.market}@${bar.ts}#${version}`,
        market: bar.market,
        interval: formatInterval(stream.intervalMs),
        date: isoDate(bar.ts - stream.intervalMs),
        ts: bar.ts,
        ...{ status: 'normal', isAnomaly: false, severity: null, lane: null, pValue: 0.5 },
        because: `step ${stepped}, warm-up ${warmed}, sum ${sum}`,
        fault: null,
        bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
        ...{ high: null, low: null, side: null, detectors: [], skill: null, next: null, alarmsPerWeek, feedShare: 0.1 },
        model: { name: 'fake', version },
      }
    },
    warmUp(bar) {
      warmed += 1
      sum += bar.close
    },
    save: () => new TextEncoder().encode(JSON.stringify({ stepped, warmed, sum })),
    load(state) {
      ;({ stepped, warmed, sum } = JSON.parse(new TextDecoder().decode(state)))
    },
  }
}

export interface Serving {
  readonly url: string
  readonly store: Store
  readonly live: Live
  readonly feeds: Feeds
  readonly registry: Models
  readonly nowMs: { value: Ms }
  readonly stopping: { value: boolean }
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string): Promise<Response>
  send(method: string, path: string, body: unknown): Promise<Response>
}

type ServingOptions = StreamOptions &
  Partial<Pick<LiveParts, 'waitingRequests'> & Pick<RetrainParts, 'train' | 'trial'>> & {
    readonly store?: Store
    readonly log?: Log
    readonly access?: Partial<Access>
    readonly webDir?: string
    readonly modelsDir?: string
  }

/** The real application on a port of its own, closed with the test. */
export async function serving(options: ServingOptions = {}): Promise<Serving> {
  const store = options.store ?? memoryStore()
  const metrics = makeMetrics()
  const now = { value: nowMs }
  const stopping = { value: false }
  const clock = { now: () => now.value }
  const log = options.log ?? makeLog('silent')
  const feeds = makeFeeds({ clock, announce: feed => hub.publishFeed(feed) })
  await restoreFeeds(feeds, store)
  const hub = makeStreamHub(store, { ...options, staleFeed: feeds.stale, training: () => retrain.training() })
  const modelsDir = options.modelsDir ?? (await fakeModels('1'))
  const changed = hub.publishModel
  const registry = await openModels({ store, modelsDir, name: 'fake', open: openFake, changed, clock, log })
  const { waitingRequests = 1_000, train = async () => ({ version: '1' }), trial = async () => null } = options
  const budgets = await openBudgets({ store, changed: hub.publishBudget, clock, log })
  const alarmsPerWeek = () => budgets.current().alarmsPerWeek
  const live = makeLive({
    ...{ waitingRequests, alarmsPerWeek },
    store: meteredStore(store, metrics),
    currentModel: () => meteredModel(currentModel(registry), metrics),
    publish(stream, committed) {
      for (const { verdict } of committed) metrics.judged(verdict)
      feeds.accepted(stream, committed)
      hub.publish(stream, committed)
    },
    repeated: feeds.repeated,
  })
  const retrain = makeRetrain({ models: registry, train, trial, changed: hub.publishTraining, clock, log })
  const counted = meteredLive(live, metrics)
  const imports = makeImports({ live: counted, store, clock, log, changed: hub.publishImport })
  const app = makeApp({
    access: { ...openAccess, ...options.access },
    live: counted,
    ...{ feeds, metrics, store, hub, budgets, imports, registry, retrain, trial, log, clock },
    watch: { model: () => registry.champion().manifest, alarmsPerWeek },
    health: { checks: [{ name: 'database', check: () => store.ping() }], isStopping: () => stopping.value },
    webDir: options.webDir ?? '/nowhere',
  })
  observe(metrics, {
    ...{ feeds: feeds.list, listeners: hub.listeners, pool: () => null, alarmsPerWeek },
    model: () => registry.champion().manifest,
    build: { version: '0', backend: 'none' },
  })
  const { port, drain } = await listen(app, 0, '127.0.0.1')
  onTestFinished(async () => {
    hub.close()
    await retrain.close()
    await imports.close()
    await drain()
  })
  const url = `http://127.0.0.1:${port}`
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...{ url, store, live, feeds, registry, send },
    nowMs: now,
    stopping,
    post: (body, headers) => send('POST', '/predict_anomaly', body, headers),
    get: path => fetch(`${url}${path}`),
  }
}

export async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T
}

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
