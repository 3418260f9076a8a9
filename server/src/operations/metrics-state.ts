import type { JobRecord } from '@candlewatch/adapters/stores/jobs'
import type { PoolState } from '@candlewatch/adapters/stores/postgres/connection'
import { type Feed, feed as feedSchema } from '@candlewatch/api/feeds'
import { Counter, collectDefaultMetrics, Gauge } from 'prom-client'
import type { Metrics } from './metrics.ts'

/** The server's state, read at each scrape. */
export interface ObservedState {
  feeds(): readonly Feed[]
  listeners(): number
  /** null if the store has no connection pool. */
  pool(): PoolState | null
  jobs(): readonly JobRecord[]
  alarmsPerWeek(): number
  /** The model in use. */
  model(): { readonly name: string; readonly version: string }
  /** The program's version, and the backend that computes the forecasts. */
  readonly build: { readonly version: string; readonly backend: string }
}

/** Adds metrics of the state and of the process (event loop, memory, garbage collection). */
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

  /** Adds a gauge whose series are rebuilt at each scrape, so that none outlives its subject. */
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

  gauge('stream_listeners', 'Clients connected to /api/stream.', state.listeners)
  gauge('alarm_budget_per_week', 'The alarm budget: episodes per week.', state.alarmsPerWeek)

  gauges('feeds', 'Feeds by state.', ['state'], () => {
    const feeds = state.feeds()
    return feedSchema.shape.state.options.map(
      one => [{ state: one }, feeds.filter(feed => feed.state === one).length] as const,
    )
  })
  gauges(
    'feed_stale',
    '1 while a bar of the feed is overdue, else 0; for other, the number of stale feeds.',
    ['market', 'interval'],
    () => state.feeds().map(feed => [labelsOf(feed), staleness(feed.state)] as const),
  )
  new Counter({
    name: 'candlewatch_feed_faults_total',
    help: 'Feed faults by kind: rows refused, repeated or missing.',
    labelNames: ['market', 'interval', 'kind'],
    registers,
    collect() {
      this.reset()
      for (const feed of state.feeds()) {
        for (const [kind, count] of Object.entries(feed.counts)) this.inc({ ...labelsOf(feed), kind }, count)
      }
    },
  })

  gauges('job_failing', '1 while the last run of the job failed, or while it is overdue, else 0.', ['name'], () =>
    state.jobs().map(({ name, outcome, isOverdue }) => [{ name }, outcome === 'failed' || isOverdue ? 1 : 0] as const),
  )
  new Counter({
    name: 'candlewatch_job_runs_missed_total',
    help: 'Runs of the job that no server started within an hour.',
    labelNames: ['name'],
    registers,
    collect() {
      this.reset()
      for (const { name, missed } of state.jobs()) this.inc({ name }, missed)
    },
  })

  gauges('database_connections', 'Database connections by state.', ['state'], () => {
    const pool = state.pool()
    if (!pool) return []
    const { open, idle } = pool
    return [
      [{ state: 'busy' }, open - idle],
      [{ state: 'idle' }, idle],
    ]
  })
  gauge('database_connections_max', 'Maximum number of database connections.', () => state.pool()?.max ?? 0)
  gauge('database_waiting', 'Queries waiting for a connection.', () => state.pool()?.waiting ?? 0)

  gauges('model_info', 'The model in use, as labels.', ['name', 'version'], () => {
    const { name, version } = state.model()
    return [[{ name, version }, 1]]
  })
  gauges('build_info', 'Version of the program, as labels.', ['version', 'backend', 'node'], () => [
    [{ ...state.build, node: process.version }, 1],
  ])
}

const staleness = (state: Feed['state']) => (state === 'stale' ? 1 : 0)
