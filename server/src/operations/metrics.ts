import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { parseInterval } from '@candlewatch/core/interval'
import type { PriceOutcome } from '@candlewatch/core/types'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { makeStreamLabels, type StreamLabels } from './stream-labels.ts'

/** Counts events. State, such as the size of the connection pool, is read at each scrape: `metrics-state.ts`. */
export interface Metrics {
  readonly registry: Registry
  readonly labelsOf: (stream: StreamLabels) => StreamLabels
  /** Starts a stream's counters at 0, so that Prometheus sees their first increase. */
  knows(stream: StreamLabels): void
  /** `route` is a pattern such as `/api/replays/:id`, never an address, so the number of series is bounded. */
  requested(request: { method: string; route: string; status: number; seconds: number }): void
  problem(code: string): void
  /** A client of `/api/stream` was disconnected because the store failed while it caught up. */
  streamFailed(): void
  stepped(seconds: number): void
  committed(seconds: number): void
  /** Counts rows that were received for judging. The returned function counts their outcome. */
  received(stream: StreamLabels, rows: number): (outcome: RowsOutcome) => void
  judged(judged: Pick<SequencedVerdict, 'verdict' | 'episodes'>): void
}

const outcomes = ['answered', 'refused', 'failed'] as const
/** How the judging of rows ended. */
export type RowsOutcome = (typeof outcomes)[number]

const ofStream = ['market', 'interval'] as const
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Makes the metrics with a registry of their own. */
export function makeMetrics(): Metrics {
  const registry = new Registry()
  const labelsOf = makeStreamLabels()
  const m = instruments(registry)

  return {
    registry,
    labelsOf,
    knows: stream => begin(labelsOf(stream)),
    requested({ method, route, status, seconds }) {
      const known = methods.has(method) ? method : 'other'
      m.requests.observe({ route, method: known, status: `${Math.floor(status / 100)}xx` }, seconds)
    },
    problem: code => m.problems.inc({ code }),
    streamFailed: () => m.streamFailures.inc(),
    stepped: seconds => m.steps.observe(seconds),
    committed: seconds => m.commits.observe(seconds),
    received(stream, rows) {
      const labels = labelsOf(stream)
      begin(labels)
      m.received.inc(labels, rows)
      m.waiting.inc()
      return outcome => {
        m.ended.inc({ ...labels, outcome }, rows)
        m.waiting.dec()
      }
    },
    judged({ verdict, episodes }) {
      const { status, lane, pValue, skill, high, low } = verdict
      const labels = labelsOf(verdict)
      m.verdicts.inc({ ...labels, status, lane: lane ?? 'none' })
      m.judgedSeconds.inc(labels, (parseInterval(verdict.interval) ?? 0) / 1_000)
      m.episodes.inc(labels, episodes.filter(({ kind }) => kind === 'opened').length)
      if (pValue !== null && lane !== 'feed') m.pValues.observe(pValue)
      if (skill) m.drives.set(labels, skill.by === 'model' ? 1 : 0)
      for (const [price, outcome] of Object.entries({ high, low })) {
        if (!outcome) continue
        for (const [by, error] of errorRatios(outcome)) m.errors.observe({ ...labels, price, by }, error)
      }
    },
  }

  function begin(labels: StreamLabels): void {
    for (const one of [m.received, m.episodes, m.judgedSeconds]) one.inc(labels, 0)
    for (const outcome of outcomes) m.ended.inc({ ...labels, outcome }, 0)
  }
}

function errorRatios({ actual, model, baseline }: PriceOutcome): readonly (readonly [by: string, ratio: number])[] {
  return [
    ['model', Math.abs(model - actual) / actual],
    ['naive', Math.abs(baseline - actual) / actual],
  ]
}

function instruments(registry: Registry) {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `candlewatch_${name}_total`, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `candlewatch_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name: `candlewatch_${name}`, help, labelNames, buckets, registers })

  return {
    requests: histogram(
      'http_request_duration_seconds',
      'Time to answer a request, without event streams.',
      ['route', 'method', 'status'],
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    problems: counter('problems', 'Requests answered with a problem, by error code.', ['code']),
    streamFailures: counter(
      'stream_failures',
      'Clients of /api/stream disconnected because the database failed during their catch-up.',
      [],
    ),
    steps: histogram(
      'engine_step_duration_seconds',
      'Time to judge one bar, learn it and forecast the next.',
      [],
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
    ),
    commits: histogram(
      'commit_duration_seconds',
      'Time to store up to 100 bars with their verdicts.',
      [],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    ),
    received: counter('rows_received', 'Rows received for judging, including known ones.', ofStream),
    ended: counter('rows_ended', 'Rows by outcome: answered, refused or failed.', [...ofStream, 'outcome']),
    waiting: gauge('waiting_requests', 'Requests with rows that are being judged or waiting.', []),
    verdicts: counter('verdicts', 'Bars judged and stored.', [...ofStream, 'status', 'lane']),
    episodes: counter(
      'episodes',
      'Alarm episodes opened; alarms within six hours of each other are one episode.',
      ofStream,
    ),
    judgedSeconds: counter('judged_seconds', 'Market time judged, in seconds.', ofStream),
    pValues: histogram(
      'p_value',
      'p-value of each bar in the market lane; uniform if the calibration holds.',
      [],
      [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1],
    ),
    // Without buckets: only the mean error is asked for, and a Summary keeps a digest of all values even without quantiles.
    errors: histogram(
      'forecast_error_ratio',
      'Absolute forecast error divided by the price, for the model and the naive forecast.',
      [...ofStream, 'price', 'by'],
      [],
    ),
    drives: gauge('model_drives', '1 while the model is the driver, 0 while the naive forecast is.', ofStream),
  }
}
