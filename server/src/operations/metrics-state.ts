import type { PoolState } from '@candlewatch/adapters/stores/postgres/connection'
import { type Feed, feed as feedSchema } from '@candlewatch/api/feeds'
import { Counter, collectDefaultMetrics, Gauge } from 'prom-client'
import type { Metrics } from './metrics.ts'

/** What is so at this moment; asked at each scrape. */
export interface ObservedState {
  feeds(): readonly Feed[]
  listeners(): number
  /** null where the store has none. */
  pool(): PoolState | null
  alarmsPerWeek(): number
  /** Who judges. */
  model(): { readonly name: string; readonly version: string }
  /** Of the program, and what computes its forecasts. */
  readonly build: { readonly version: string; readonly backend: string }
}

/** Adds the state and the process (event loop, memory, garbage) to the metrics. */
export function observe({ registry, labelsOf }: Metrics, state: ObservedState): void {
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name: `candlewatch_${name}`,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  }

  /** Its series are made anew at each scrape, so that none outlives what it tells of. */
  function gauges<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    values: () => Iterable<readonly [Record<L, string>, number]>,
  ): void {
    new Gauge({
      name: `candlewatch_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const [labels, value] of values()) this.inc(labels, value)
      },
    })
  }

  gauge('stream_listeners', 'Pages and programs that listen to /api/stream.', state.listeners)
  gauge('alarm_budget_per_week', 'Episodes of alarms that are allowed a week.', state.alarmsPerWeek)

  gauges('feeds', 'Feeds by state.', ['state'], () => {
    const feeds = state.feeds()
    return feedSchema.shape.state.options.map(
      one => [{ state: one }, feeds.filter(feed => feed.state === one).length] as const,
    )
  })
  gauges('feed_stale', '1 while a bar of the feed is overdue.', ['market', 'interval'], () =>
    state.feeds().map(feed => [labelsOf(feed), staleness(feed.state)] as const),
  )
  new Counter({
    name: 'candlewatch_feed_faults_total',
    help: 'What was wrong with rows, or with their absence.',
    labelNames: ['market', 'interval', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const feed of state.feeds()) {
        for (const [kind, count] of Object.entries(feed.counts)) this.inc({ ...labelsOf(feed), kind }, count)
      }
    },
  })

  gauges('database_connections', 'Connections of the pool.', ['state'], () => {
    const pool = state.pool()
    if (!pool) return []
    const { open, idle } = pool
    return [
      [{ state: 'busy' }, open - idle],
      [{ state: 'idle' }, idle],
    ]
  })
  gauge('database_connections_max', 'The most that the pool opens.', () => state.pool()?.most ?? 0)
  gauge('database_waiting', 'Queries that wait for a connection.', () => state.pool()?.waiting ?? 0)

  gauges('model_info', 'The model that judges.', ['name', 'version'], () => {
    const { name, version } = state.model()
    return [[{ name, version }, 1]]
  })
  gauges('build_info', 'The program.', ['version', 'backend', 'node'], () => [
    [{ ...state.build, node: process.version }, 1],
  ])
}

const staleness = (state: Feed['state']) => (state === 'stale' ? 1 : 0)
