import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import type { Bar, Market, Ms, Replay, Series } from '@candlewatch/core/types'

export const hourMs = 3_600_000 as Ms
export const market = 'bitstamp:BTC-USD' as Market
export const stream = { market, intervalMs: hourMs }
const startMs = Date.UTC(2021, 0, 1)

/** The hour-th bar of 2021. */
export function barAt(hour: number, changes: Partial<Bar> = {}): Bar {
  const ts = (startMs + (hour + 1) * hourMs) as Ms
  const prices = { open: 100, high: 110, low: 90, close: 100 + (hour % 10), volume: 1 }
  return { market, ts, seen: ts, ...prices, ...changes }
}

export const barsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => barAt(from + i))

export function seriesOf(bars: readonly Bar[], name = 'rows.csv'): Series {
  return { name, market, intervalMs: hourMs, bars }
}

export function verdictOf(bar: Bar, changes: Partial<Verdict> = {}): Verdict {
  return { ...exampleVerdict(bar), because: 'Nothing odd.', fault: null, skill: null, ...changes }
}

export function replayOf(changes: Partial<Replay> = {}): Replay {
  return {
    id: 'r1',
    market,
    interval: '1h',
    source: { kind: 'csv', name: 'rows.csv' },
    from: '2021-01-01T00:00:00Z',
    to: '2021-01-31T23:00:00Z',
    state: 'playing',
    everyMs: 1_000,
    seek: null,
    steps: 0,
    until: null,
    at: null,
    revision: 0,
    ...changes,
  }
}
