import type { Bar } from '@candlewatch/api/bars'
import type { Rehearsal } from '@candlewatch/api/budget'
import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { MarketSummary } from '@candlewatch/api/markets'
import type { Replay } from '@candlewatch/api/replays'
import type { Market, Ms } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { exampleEpisode, exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import type { Candle } from './series.ts'

/** Rows for tests, with numbers that can be worked out by hand. Hour 0 is 2021-05-19T00:00:00Z. */
export const hourMs = 3_600_000 as Ms
export const start = Date.parse('2021-05-19T00:00:00Z')
export const market: Market = 'bitstamp:BTC-USD'

/** The open of a bar, by its hour. */
export function at(hour: number): Ms {
  return (start + hour * hourMs) as Ms
}

/** A bar that opens and closes at 100, between 90 and 110, with a volume of 5. */
export function barRow(hour: number, change: Partial<Bar> = {}): Bar {
  return {
    market,
    interval: '1h',
    date: isoDate(at(hour)),
    open: 100,
    high: 110,
    low: 90,
    close: 100,
    volume: 5,
    ...change,
  }
}

/** A normal verdict. The high was expected at 108 (104 to 112; naive 105), the low at 92 (88 to 96; naive 95). */
export function verdict(hour: number, change: Partial<Verdict> = {}): Verdict {
  const forecast = {
    high: { expected: 108, lower: 104, upper: 112, baseline: 105, model: 108 },
    low: { expected: 92, lower: 88, upper: 96, baseline: 95, model: 92 },
  }
  const { open, high, low, close, volume } = barRow(hour)
  const bar = { market, ts: at(hour + 1), seen: at(hour + 1), open, high, low, close, volume }
  return {
    ...exampleVerdict(bar),
    id: `${market}@${bar.ts}#btc-usd-1h-1`,
    pValue: 0.4,
    reason: { code: 'within-range', high, low },
    because: 'Within the forecast.',
    fault: null,
    high: { ...forecast.high, actual: high, absoluteError: 2 },
    low: { ...forecast.low, actual: low, absoluteError: 2 },
    side: 'high',
    skill: null,
    model: { name: 'btc-usd-1h', version: '1' },
    next: {
      by: 'model',
      date: isoDate(bar.ts),
      high: forecast.high,
      low: forecast.low,
      close: { expected: 100, lower: 95, upper: 105 },
      volume: { expected: 5, lower: 2, upper: 9 },
      range: { expected: 16, lower: 8, upper: 30 },
    },
    ...change,
  }
}

/** The fields of a critical anomaly. */
export const anomaly = { status: 'anomaly', isAnomaly: true, severity: 'critical', lane: 'market' } as const
/** The fields of a feed fault. */
export const feedFault = { status: 'feed-fault', lane: 'feed', pValue: null } as const

/** A candle with its verdict, or without one for `change` null. */
export function candle(hour: number, change: Partial<Verdict> | null = {}): Candle {
  const made = verdict(hour, change ?? {})
  return { at: at(hour), ...made.bar, verdict: change && made }
}

/** The market of the other rows, with one bar. */
export const marketRow: MarketSummary = {
  market,
  interval: '1h',
  replayOf: null,
  bars: 1,
  first: isoDate(at(0)),
  last: isoDate(at(0)),
  archived: false,
  alarmsPerWeek: 1,
  model: { name: 'btc-usd-1h', version: '1', because: 'own' },
}

/** A critical episode from one hour to another. */
export function episode(start: number, peak: number, end: number): Episode {
  return {
    ...exampleEpisode(market, at(start)),
    peak: isoDate(at(peak)),
    end: isoDate(at(end)),
    recovered: isoDate(at(end + 6)),
    alarms: end - start + 1,
    severity: 'critical',
    size: -0.08,
    seenBy: 7,
    detectors: 10,
    reason: { code: 'stored-text', text: 'Fell to 80.00 USD.' },
    because: 'Fell to 80.00 USD.',
  }
}

/** A gap before that hour. */
export function fault(hour: number): Fault {
  return {
    id: `${market}@${at(hour + 1)}`,
    market,
    interval: '1h',
    date: isoDate(at(hour)),
    type: 'gap',
    pValue: null,
    size: null,
    seenBy: 0,
    detectors: 0,
    reason: { code: 'gap', missing: 1, intervalMs: hourMs },
    because: '1 bar is missing.',
  }
}

/** A replay of the hours 0 to 167 that plays. */
export function replay(change: Partial<Replay> = {}): Replay {
  return {
    id: '1',
    market,
    interval: '1h',
    source: { kind: 'synthetic', name: 'synthetic 2021, seed 1' },
    from: isoDate(at(0)),
    to: isoDate(at(167)),
    state: 'playing',
    everyMs: 1_000,
    seek: null,
    steps: 0,
    until: null,
    at: null,
    revision: 0,
    ...change,
  }
}

/** A rehearsal in which nothing changes. */
export function rehearsal(change: Partial<Rehearsal> = {}): Rehearsal {
  return {
    market,
    interval: '1h',
    alarmsPerWeek: 2,
    promised: 2,
    from: null,
    to: null,
    bars: 168,
    now: { episodes: 1, perWeek: 1 },
    rehearsed: { episodes: 1, perWeek: 1 },
    appearing: [],
    vanishing: [],
    staying: 1,
    exactness: { bars: 168, differing: 0, because: '' },
    ...change,
  }
}
