import { formatInterval, isoDate } from '../interval.ts'
import { hourMs, openOf } from '../time.ts'
import type { Bar, Episode, Verdict } from '../types.ts'

/** A complete verdict for tests and measurements: a normal bar, judged without a forecast by version 1 of the model `fake`. */
export function exampleVerdict(bar: Bar, change: Partial<Verdict> = {}, intervalMs = hourMs): Verdict {
  const { market, ts, open, high, low, close, volume } = bar
  return {
    id: `${market}@${ts}#fake`,
    market,
    interval: formatInterval(intervalMs),
    date: isoDate(openOf(bar, intervalMs)),
    ts,
    status: 'normal',
    isAnomaly: false,
    severity: null,
    lane: null,
    pValue: 0.5,
    reason: { code: 'stored-text', text: 'Nothing odd.' },
    fault: null,
    bar: { open, high, low, close, volume },
    high: null,
    low: null,
    side: null,
    alarmAbove: null,
    alarmBelow: null,
    detectors: [],
    skill: null,
    alarmsPerWeek: 1,
    mergeMs: 6 * hourMs,
    feedShare: 0.1,
    model: { name: 'fake', version: '1' },
    next: null,
    ...change,
  }
}

/** A complete episode for tests: a fall of 10 % with one alarm, at the bar that opens at `openMs`. */
export function exampleEpisode(market: Episode['market'], openMs: number, change: Partial<Episode> = {}): Episode {
  const date = isoDate(openMs)
  return {
    id: `${market}@${openMs + hourMs}`,
    market,
    interval: '1h',
    lane: 'market',
    type: 'fall',
    start: date,
    peak: date,
    end: date,
    recovered: null,
    alarms: 1,
    severity: 'high',
    pValue: 0.001,
    size: -0.1,
    seenBy: 2,
    detectors: 9,
    reason: { code: 'gap', missing: 1, intervalMs: hourMs },
    ...change,
  }
}
