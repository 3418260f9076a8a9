import { formatInterval, parseInterval } from '@candlewatch/core/interval'
import type { Bar, Market, Ms, Step, Verdict } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Range, Snapshot, Stream } from '../store.ts'

export interface BarRow {
  readonly open_time: Date
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly seen: Date
}

/** The columns above, in the form that `json_to_recordset(…) as x(…)` wants. */
export const barColumns =
  'open_time timestamptz, open float8, high float8, low float8, close float8, volume float8, seen timestamptz'
export const barNames = 'open_time, open, high, low, close, volume, seen'

/** Milliseconds as a literal that PostgreSQL reads without rounding, whatever its time zone. */
export const timestamp = (ms: number) => new Date(ms).toISOString()

/** The stream's part of every key. */
export const keyOf = (stream: Stream) => [stream.market, formatInterval(stream.intervalMs)] as const

export const streamOf = (row: { market: string; interval: string }): Stream => ({
  market: row.market as Market,
  intervalMs: parseInterval(row.interval) as Ms,
})

export function barOf({ market, intervalMs }: Stream, row: BarRow): Bar {
  return {
    kind: 'bar',
    market,
    ts: (row.open_time.getTime() + intervalMs) as Ms,
    seen: row.seen.getTime() as Ms,
    open: row.open,
    high: row.high,
    low: row.low,
    close: row.close,
    volume: row.volume,
  }
}

// JSON writes the shortest digits that read back as the same double, and PostgreSQL reads and writes them likewise.
export function barRow({ intervalMs }: Stream, bar: Bar) {
  const { open, high, low, close, volume } = bar
  return { open_time: timestamp(bar.ts - intervalMs), open, high, low, close, volume, seen: timestamp(bar.seen) }
}

export function stepRow(stream: Stream, { bar, verdict }: Step) {
  const [market, interval] = keyOf(stream)
  return { market, interval, ...barRow(stream, bar), ...verdictColumns(verdict), ...forecastColumns(verdict) }
}

function verdictColumns(verdict: Verdict) {
  const { id, model, status, isAnomaly, severity, lane, pValue } = verdict
  return { id, model: modelId(model), status, is_anomaly: isAnomaly, severity, lane, p_value: pValue, body: verdict }
}

function forecastColumns({ next }: Verdict) {
  if (!next) return { next_open: null }
  return {
    next_open: next.date,
    high_expected: next.high.expected,
    high_lower: next.high.lower,
    high_upper: next.high.upper,
    high_baseline: next.high.baseline,
    low_expected: next.low.expected,
    low_lower: next.low.lower,
    low_upper: next.low.upper,
    low_baseline: next.low.baseline,
  }
}

export function snapshotOf(stream: Stream, row: { model: string; ts: Date; state: Buffer }): Snapshot {
  return {
    market: stream.market,
    intervalMs: stream.intervalMs,
    model: row.model,
    ts: row.ts.getTime() as Ms,
    state: new Uint8Array(row.state),
  }
}

export const rangeValues = ({ fromMs, toMs, limit, ...stream }: Range) => [
  ...keyOf(stream),
  fromMs === null ? null : timestamp(fromMs),
  toMs === null ? null : timestamp(toMs),
  limit,
]

export function snapshotValues({ ts, model, state, ...stream }: Snapshot): unknown[] {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength)
  return [stream.market, formatInterval(stream.intervalMs), model, timestamp(ts), bytes]
}
