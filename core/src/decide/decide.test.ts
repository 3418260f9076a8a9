import { describe, expect, it } from 'vitest'
import type { Alarm } from '../episode.ts'
import { isoDate } from '../interval.ts'
import { makeRng } from '../stats/rng.ts'
import { hourMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { Conformal } from './conformal.ts'
import { EpisodeTracker, episodesOf } from './episodes.ts'
import { reasonOf } from './reason.ts'
import { severity } from './severity.ts'

describe('Conformal', () => {
  it('has no p-value with fewer than a hundred scores', () => {
    const calibrator = new Conformal(Array.from({ length: 99 }, (_, i) => i))
    expect(calibrator.pValue(1)).toBeNull()
    calibrator.learn(1)
    expect(calibrator.pValue(1)).not.toBeNull()
  })

  it('of the scores 0 to 98 and one more, three are at least 97: p = (1 + 2) / 100', () => {
    const calibrator = new Conformal(Array.from({ length: 100 }, (_, i) => i))
    expect(calibrator.pValue(98)).toBeCloseTo(3 / 101, 12)
    expect(calibrator.pValue(1_000)).toBeCloseTo(1 / 101, 12)
    expect(calibrator.pValue(-5)).toBe(1)
  })

  it('on bars that are alike, one in a hundred is below 0.01', () => {
    const rng = makeRng(7)
    const calibrator = new Conformal(Array.from({ length: 2_000 }, () => rng.normal()))
    let below = 0
    for (let i = 0; i < 20_000; i++) {
      const score = rng.normal()
      if ((calibrator.pValue(score) as number) <= 0.01) below++
      calibrator.learn(score)
    }
    expect(below / 20_000).toBeGreaterThan(0.007)
    expect(below / 20_000).toBeLessThan(0.013)
  })

  it('drops scores older than the last two thousand', () => {
    const calibrator = new Conformal(Array.from({ length: 2_000 }, () => 100))
    for (let i = 0; i < 2_000; i++) calibrator.learn(0)
    expect(calibrator.pValue(50)).toBeCloseTo(1 / 2_001, 12)
  })
})

describe('severity', () => {
  it('each step of severity alarms under half the budget of the one before', () => {
    // The threshold of a share of the budget doubles when the share is halved.
    const found = [1, 1.9, 2, 4, 8, 100].map(score => severity(score, share => 1 / share))
    expect(found).toEqual(['low', 'low', 'medium', 'high', 'critical', 'critical'])
  })

  it('without thresholds it is low', () => {
    expect(severity(5, () => null)).toBe('low')
  })
})

const outcome = (actual: number, expected: number, lower: number, upper: number) => ({
  actual,
  expected,
  lower,
  upper,
  baseline: expected,
  model: expected,
  absoluteError: Math.abs(actual - expected),
})

describe('episodes', () => {
  const quiet = { high: null, low: null, side: null, detectors: [] }
  const alarm = (hour: number, pValue: number | null, of: Partial<Alarm> = {}): Alarm => ({
    id: `bar ${hour}`,
    market: 'x:BTC-USD',
    interval: '1h',
    lane: 'market',
    date: isoDate(hour * hourMs),
    ts: ((hour + 1) * hourMs) as Ms,
    isAnomaly: pValue !== null,
    severity: pValue === null ? null : 'high',
    pValue,
    reason: { code: 'gap', missing: hour, intervalMs: hourMs },
    ...quiet,
    ...of,
  })

  it('alarms six hours apart are one episode, seven hours apart two; the rarest bar is the peak', () => {
    const verdicts = Array.from({ length: 40 }, (_, hour) => {
      const alarms: Record<number, number> = { 2: 0.004, 8: 0.001, 9: 0.003, 16: 0.002 }
      return alarm(hour, alarms[hour] ?? null)
    })
    const episodes = episodesOf(verdicts)
    const at = (hour: number) => isoDate(hour * hourMs)
    expect(episodes).toMatchObject([
      {
        id: 'bar 2',
        start: at(2),
        peak: at(8),
        end: at(9),
        recovered: at(15),
        alarms: 3,
        pValue: 0.001,
        reason: { missing: 8 },
      },
      { id: 'bar 16', start: at(16), peak: at(16), end: at(16), recovered: at(22), alarms: 1 },
    ])
  })

  it('each alarm opens or updates an episode; the first bar later than six hours closes it, and may open the next', () => {
    const tracker = new EpisodeTracker()
    const pValues: Record<number, number> = { 2: 0.004, 8: 0.001, 15: 0.002 }
    const events = Array.from({ length: 23 }, (_, hour) => tracker.next(alarm(hour, pValues[hour] ?? null)))
    const changes = events.flatMap((of, hour) =>
      of.map(({ kind, episode }) => [hour, kind, episode.id, episode.alarms]),
    )
    expect(changes).toEqual([
      [2, 'opened', 'bar 2', 1],
      [8, 'updated', 'bar 2', 2],
      [15, 'closed', 'bar 2', 2],
      [15, 'opened', 'bar 15', 1],
      [22, 'closed', 'bar 15', 1],
    ])
    expect(events[15]?.[0]?.episode).toMatchObject({ end: isoDate(8 * hourMs), recovered: isoDate(14 * hourMs) })
  })

  it('the window is the verdict’s own: shorter than an hour, each hour is an episode of its own, over when it closes', () => {
    const mergeMs = hourMs - 1
    const found = episodesOf([alarm(2, 0.001, { mergeMs }), alarm(3, 0.001, { mergeMs }), alarm(4, null, { mergeMs })])
    const at = (hour: number) => isoDate(hour * hourMs)
    expect(found).toMatchObject([
      { start: at(2), end: at(2), recovered: at(2) },
      { start: at(3), end: at(3), recovered: at(3) },
    ])
  })

  it('a change of the budget counts for the alarms after it: one that stands open keeps its own window', () => {
    const [wide, narrow] = [{ mergeMs: 6 * hourMs }, { mergeMs: hourMs }]
    const found = episodesOf([alarm(2, 0.001, wide), alarm(6, 0.001, narrow), alarm(8, 0.001, narrow)])
    expect(found.map(({ alarms }) => alarms)).toEqual([2, 1])
  })

  it('the newest episode may continue, so it has not recovered yet', () => {
    expect(episodesOf([alarm(1, 0.001), alarm(2, null)])).toMatchObject([{ recovered: null }])
    expect(episodesOf([alarm(1, null)])).toEqual([])
  })

  // Expected from 90 to 100; what fell went to 80, what rose to 110.
  const fell = { side: 'low' as const, high: outcome(99, 98, 96, 100), low: outcome(80, 92, 90, 94) }
  const rose = { side: 'high' as const, high: outcome(110, 98, 96, 100), low: outcome(93, 92, 90, 94) }

  it('an episode below the range is a fall, above a rise, at both ends a swing, in one bar or in two', () => {
    const typeOf = (...of: Partial<Alarm>[]) => episodesOf(of.map((one, hour) => alarm(hour, 0.001, one)))[0]?.type
    expect(typeOf(fell)).toBe('fall')
    expect(typeOf(rose, rose)).toBe('rise')
    expect(typeOf(fell, rose)).toBe('swing')
    expect(typeOf({ ...fell, high: rose.high })).toBe('swing')
  })

  it('size and agreement are the peak’s: 80 where 92 was expected is −13.0 %', () => {
    const opinion = (id: string, pValue: number, share = 0) => ({ id, score: 1, pValue, share })
    const detectors = [opinion('a', 0.02, 1), opinion('b', 0.01), opinion('c', 0.011)]
    const [episode] = episodesOf([alarm(1, 0.002, rose), alarm(2, 0.001, { ...fell, detectors })])
    expect(episode).toMatchObject({ seenBy: 2, detectors: 3 })
    expect(episode?.size).toBeCloseTo(-12 / 92, 12)
    expect(episodesOf([alarm(1, 0.001)])).toMatchObject([{ size: null, seenBy: 0, detectors: 0 }])
  })
})

describe('reasonOf', () => {
  const crash = {
    intervalMs: hourMs,
    open: 38_500,
    close: 36_000,
    high: outcome(38_650, 38_702.4, 38_011.2, 39_804.6),
    low: outcome(30_000, 37_601.9, 36_420, 38_295.3),
    side: 'low',
    pValue: 0.0005,
    isAnomaly: true,
    volumeRatio: 4.21,
    by: 'residual',
    opinions: [
      { id: 'residual', pValue: 0.0005 },
      { id: 'naive-residual', pValue: 0.001 },
      { id: 'surprise', pValue: 0.0005 },
      { id: 'gaussian-mixture', pValue: 0.3 },
    ],
  } as const

  it('a crash has the price, the expectation, the rarity and the agreeing detectors', () => {
    expect(reasonOf(crash)).toEqual({
      code: 'anomaly',
      side: 'low',
      actual: 30_000,
      expected: 37_601.9,
      absoluteError: 37_601.9 - 30_000,
      edge: 36_420,
      change: 36_000 / 38_500 - 1,
      volumeRatio: 4.21,
      pValue: 0.0005,
      intervalMs: hourMs,
      others: 3,
      agreeing: 2,
      clearest: { id: 'surprise', pValue: 0.0005 },
    })
  })

  it('there is no clearest detector without agreement, and no edge where the range held', () => {
    const low = outcome(37_500, 37_601.9, 36_420, 38_295.3)
    const alone = { ...crash, opinions: crash.opinions.slice(0, 1), low }
    expect(reasonOf(alone)).toMatchObject({ others: 0, agreeing: 0, clearest: null, edge: null })
  })

  it('an ordinary bar stayed within the expected range', () => {
    const inside = { ...crash, low: outcome(37_500, 37_601.9, 36_420, 38_295.3), pValue: 0.6, isAnomaly: false }
    expect(reasonOf(inside)).toEqual({ code: 'within-range', high: 38_650, low: 37_500 })
  })

  it('an ordinary bar outside its range has the end of the range and the rarity', () => {
    const past = { ...crash, low: outcome(36_400, 37_601.9, 36_420, 38_295.3), pValue: 0.05, isAnomaly: false }
    const found = { code: 'past-range', side: 'low', actual: 36_400, edge: 36_420, pValue: 0.05, intervalMs: hourMs }
    expect(reasonOf(past)).toEqual(found)
  })
})
