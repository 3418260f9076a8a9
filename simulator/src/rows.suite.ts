import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
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
  return {
    id: `${bar.market}@${bar.ts}#fake`,
    market: bar.market,
    interval: formatInterval(hourMs),
    date: isoDate(bar.ts - hourMs),
    ts: bar.ts,
    status: 'normal',
    isAnomaly: false,
    severity: null,
    lane: null,
    pValue: 0.5,
    reason: { code: 'stored-text', text: 'Nothing odd.' },
    because: 'Nothing odd.',
    fault: null,
    bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
    high: null,
    low: null,
    side: null,
    detectors: [],
    skill: null,
    alarmsPerWeek: 1,
    feedShare: 0.1,
    model: { name: 'fake', version: '1' },
    next: null,
    ...changes,
  }
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
