import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { parseInterval } from '@candlewatch/core/interval'
import type { PriceOutcome } from '@candlewatch/core/types'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { makeStreamLabels, type StreamLabels } from './stream-labels.ts'

/** What happens, counted. What merely is, such as the pool's size, is read at each scrape: `metrics-state.ts`. */
export interface Metrics {
  readonly registry: Registry
  readonly labelsOf: (stream: StreamLabels) => StreamLabels
  /** Begins a stream's counters at 0, so that their first increase is seen as one. */
  knows(stream: StreamLabels): void
  /** `route` is a pattern such as `/api/replays/:id`, never an address: there are as many series as routes. */
  requested(request: { method: string; route: string; status: number; seconds: number }): void
  problem(code: string): void
  /** A client of `/api/stream` was disconnected because the store failed while it caught up. */
  streamFailed(): void
  stepped(seconds: number): void
  committed(seconds: number): void
  /** Rows that came to be judged; call what it returns when that has ended. */
  received(stream: StreamLabels, rows: number): (outcome: RowsOutcome) => void
  judged(judged: Pick<SequencedVerdict, 'verdict' | 'episodes'>): void
}

const outcomes = ['answered', 'refused', 'failed'] as const
export type RowsOutcome = (typeof outcomes)[number]

const ofStream = ['market', 'interval'] as const
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

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
      'Time to answer a request; streams of events are left out.',
      ['route', 'method', 'status'],
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    problems: counter('problems', 'Requests that were answered with a problem, by its code.', ['code']),
    streamFailures: counter(
      'stream_failures',
      'Clients of /api/stream that were disconnected because the database failed while they caught up.',
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
    received: counter('rows_received', 'Rows that came to be judged, known ones too.', ofStream),
    ended: counter('rows_ended', 'What became of them: answered, refused or failed.', [...ofStream, 'outcome']),
    waiting: gauge('waiting_requests', 'Posts that are being judged or wait for it.', []),
    verdicts: counter('verdicts', 'Bars that were judged and stored.', [...ofStream, 'status', 'lane']),
    episodes: counter('episodes', 'Alarms; those within six hours of one another are one.', ofStream),
    judgedSeconds: counter('judged_seconds', "The market's time that was judged.", ofStream),
    pValues: histogram(
      'p_value',
      'How rare each bar was to the market lane: evenly spread where the calibration holds.',
      [],
      [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1],
    ),
    errors: new Summary({
      name: 'candlewatch_forecast_error_ratio',
      help: 'Absolute error of the forecast of a price, over that price; by the model, and naive.',
      labelNames: [...ofStream, 'price', 'by'],
      percentiles: [],
      registers,
    }),
    drives: gauge('model_drives', '1 while the model drives detection, 0 while the naive forecast does.', ofStream),
  }
}
