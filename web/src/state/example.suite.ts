import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { isoDate } from '@candlewatch/core/interval'
import type { Market, Ms, Replay } from '@candlewatch/core/types'
import type { BarRow, MarketRow } from '../api/bars.ts'
import type { Palette } from '../chart/palette.ts'

/** Rows for tests, with numbers that can be worked out by hand. Hour 0 is 2021-05-19T00:00:00Z. */
export const hourMs = 3_600_000 as Ms
export const start = Date.parse('2021-05-19T00:00:00Z')
export const market: Market = 'bitstamp:BTC-USD'

export function at(hour: number): Ms {
  return (start + hour * hourMs) as Ms
}

/** Opens and closes at 100, between 90 and 110, volume 5. */
export function barRow(hour: number, change: Partial<BarRow> = {}): BarRow {
  const bar = { open: 100, high: 110, low: 90, close: 100, volume: 5 }
  return { market, interval: '1h', date: isoDate(at(hour)), ...bar, ...change }
}

/** Its high was expected at 108 (104 to 112) and naively at 105, its low at 92 (88 to 96): normal. */
export function verdict(hour: number, change: Partial<Verdict> = {}): Verdict {
  const forecast = {
    high: { expected: 108, lower: 104, upper: 112, baseline: 105, model: 108 },
    low: { expected: 92, lower: 88, upper: 96, baseline: 95, model: 92 },
  }
  return {
    id: `${market}@${at(hour + 1)}#btc-usd-1h-1`,
    market,
    interval: '1h',
    date: isoDate(at(hour)),
    ts: at(hour + 1),
    status: 'normal',
    isAnomaly: false,
    severity: null,
    lane: null,
    pValue: 0.4,
    reason: { code: 'within-range', high: 110, low: 90 },
    because: 'Within the forecast.',
    fault: null,
    bar: { open: 100, high: 110, low: 90, close: 100, volume: 5 },
    high: { ...forecast.high, actual: 110, absoluteError: 2 },
    low: { ...forecast.low, actual: 90, absoluteError: 2 },
    side: 'high',
    detectors: [],
    skill: null,
    alarmsPerWeek: 1,
    feedShare: 0.1,
    model: { name: 'btc-usd-1h', version: '1' },
    next: {
      ...{ ...forecast, by: 'model', date: isoDate(at(hour + 1)) },
      close: { expected: 100, lower: 95, upper: 105 },
      volume: { expected: 5, lower: 2, upper: 9 },
      range: { expected: 16, lower: 8, upper: 30 },
    },
    ...change,
  }
}

export const anomaly = { status: 'anomaly', isAnomaly: true, severity: 'critical', lane: 'market' } as const
export const feedFault = { status: 'feed-fault', lane: 'feed', pValue: null } as const

export const marketRow: MarketRow = {
  market,
  interval: '1h',
  bars: 1,
  first: isoDate(at(0)),
  last: isoDate(at(0)),
  alarmsPerWeek: 1,
  model: { name: 'btc-usd-1h', version: '1' },
}

/** Each colour is called after its token. */
export const palette: Palette = {
  font: 'font',
  ink: 'ink',
  inkSoft: 'ink-soft',
  grid: 'grid',
  surface: 'surface',
  up: 'up',
  down: 'down',
  price: 'price',
  volume: 'volume',
  highBand: 'band-high',
  lowBand: 'band-low',
  forecastHigh: 'forecast-high',
  forecastLow: 'forecast-low',
  baseline: 'baseline',
  averageFast: 'average-fast',
  averageSlow: 'average-slow',
  bollinger: 'bollinger',
  fault: 'fault',
  ghost: 'ghost',
  severity: { low: 'low', medium: 'medium', high: 'high', critical: 'critical' },
}

/** Critical, from one hour to another. */
export function episode(start: number, peak: number, end: number): Episode {
  return {
    ...{ id: `${market}@${at(start + 1)}`, lane: 'market', severity: 'critical', pValue: 0.001 },
    ...{ start: isoDate(at(start)), peak: isoDate(at(peak)), end: isoDate(at(end)), recovered: isoDate(at(end + 6)) },
    ...{ market, interval: '1h', type: 'fall', size: -0.08, seenBy: 7, detectors: 10 },
    ...{
      alarms: end - start + 1,
      reason: { code: 'stored-text', text: 'Fell to 80.00 USD.' },
      because: 'Fell to 80.00 USD.',
    },
  }
}

/** A gap before that hour. */
export function fault(hour: number): Fault {
  const of = { id: `${market}@${at(hour + 1)}`, market, interval: '1h', date: isoDate(at(hour)) }
  return {
    ...of,
    type: 'gap',
    pValue: null,
    size: null,
    seenBy: 0,
    detectors: 0,
    reason: { code: 'gap', missing: 1, intervalMs: hourMs },
    because: '1 bar is missing.',
  }
}

/** Of the hours 0 to 167, playing. */
export function replay(change: Partial<Replay> = {}): Replay {
  return {
    ...{ id: '1', market, interval: '1h', source: { kind: 'synthetic', name: 'synthetic 2021, seed 1' } },
    ...{ from: isoDate(at(0)), to: isoDate(at(167)), state: 'playing', everyMs: 1_000 },
    ...{ seek: null, steps: 0, until: null, at: null, revision: 0 },
    ...change,
  }
}
