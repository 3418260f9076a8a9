import { describe, expect, it } from 'vitest'
import type { Alarm } from '../episode.ts'
import { isoDate } from '../interval.ts'
import { makeRng } from '../stats/rng.ts'
import type { Ms } from '../types.ts'
import { AlarmBudget } from './budget.ts'
import { Conformal } from './conformal.ts'
import { episodesOf } from './episodes.ts'
import { explain, explainGap, explainUnlikely, rarity } from './explain.ts'
import { severity } from './severity.ts'

const hourMs = 3_600_000 as Ms

describe('Conformal', () => {
  it('has no opinion on fewer than a hundred scores', () => {
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

  it('forgets what is older than two thousand scores', () => {
    const calibrator = new Conformal(Array.from({ length: 2_000 }, () => 100))
    for (let i = 0; i < 2_000; i++) calibrator.learn(0)
    expect(calibrator.pValue(50)).toBeCloseTo(1 / 2_001, 12)
  })
})

describe('budget and severity', () => {
  const weeks = (count: number) => 168 * count

  it('over the past it would have kept to itself: ten weeks of scores, the ten largest far apart', () => {
    // 0, 1, 2, … in an order in which neighbours in size lie far apart in time.
    const scores = Array.from({ length: weeks(10) }, (_, i) => (i * 617) % weeks(10))
    expect(new AlarmBudget(1, hourMs, scores).threshold).toBe(weeks(10) - 10)
    expect(new AlarmBudget(2, hourMs, scores).threshold).toBe(weeks(10) - 20)
  })

  it('alarms within six hours of one another count once: a cluster costs what a single alarm does', () => {
    const scores = Array.from({ length: weeks(4) }, () => 0)
    // Four bars of one night, beyond everything else, and four that stand alone. Four episodes are due in four weeks.
    for (const at of [100, 102, 107, 113]) scores[at] = 50 + at
    for (const [at, score] of [
      [200, 9],
      [300, 8],
      [400, 7],
      [500, 6],
    ] as const)
      scores[at] = score
    expect(new AlarmBudget(1, hourMs, scores).threshold).toBe(7)
  })

  it('a new score counts from the next bar on, and a score of long ago no more', () => {
    const scores = Array.from({ length: 3_000 }, (_, i) => (i * 617) % 3_000)
    const budget = new AlarmBudget(1, hourMs, scores)
    const before = budget.threshold as number
    for (let i = 0; i < 40; i++) {
      budget.learn(10_000 + i)
      for (let j = 0; j < 9; j++) budget.learn(-1)
    }
    expect(budget.threshold).toBeGreaterThanOrEqual(10_000)
    for (let i = 0; i < 3_000; i++) budget.learn((i * 617) % 3_000)
    expect(budget.threshold).toBeGreaterThan(0.99 * before)
    expect(budget.threshold).toBeLessThan(10_000)
  })

  it('learning one by one, it says what it would say of the same past at once', () => {
    const rng = makeRng(4)
    const scores = Array.from({ length: 3_600 }, () => Math.exp(rng.normal()))
    const budget = new AlarmBudget(1.5, hourMs)
    scores.forEach((score, i) => {
      budget.learn(score)
      if (i % 97 === 0) expect(budget.threshold).toBe(new AlarmBudget(1.5, hourMs, scores.slice(0, i + 1)).threshold)
    })
  })

  it('too few scores, or a budget of nothing: no alarm at all', () => {
    expect(new AlarmBudget(1, hourMs, [1, 2, 3]).threshold).toBeNull()
    expect(
      new AlarmBudget(
        0,
        hourMs,
        Array.from({ length: 500 }, (_, i) => i),
      ).threshold,
    ).toBeNull()
  })

  it('each step of severity is twice as rare', () => {
    const found = [0.008, 0.0041, 0.004, 0.002, 0.001, 0.0001].map(p => severity(p, 0.008))
    expect(found).toEqual(['low', 'low', 'medium', 'high', 'critical', 'critical'])
  })
})

const outcome = (actual: number, expected: number, lower: number, upper: number) => ({
  ...{ actual, expected, lower, upper, baseline: expected, model: expected },
  absoluteError: Math.abs(actual - expected),
})

describe('episodes', () => {
  const quiet = { high: null, low: null, side: null, detectors: [] }
  const alarm = (hour: number, pValue: number | null, of: Partial<Alarm> = {}): Alarm => ({
    ...{ id: `bar ${hour}`, market: 'x:BTC-USD', interval: '1h', lane: 'market' },
    date: isoDate(hour * hourMs),
    ts: ((hour + 1) * hourMs) as Ms,
    ...{ isAnomaly: pValue !== null, severity: pValue === null ? null : 'high', pValue, because: `${hour}` },
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
      { id: 'bar 2', start: at(2), peak: at(8), end: at(9), recovered: at(15), alarms: 3, pValue: 0.001, because: '8' },
      { id: 'bar 16', start: at(16), peak: at(16), end: at(16), recovered: at(22), alarms: 1 },
    ])
  })

  it('the newest may go on: it has not recovered yet', () => {
    expect(episodesOf([alarm(1, 0.001), alarm(2, null)])).toMatchObject([{ recovered: null }])
    expect(episodesOf([alarm(1, null)])).toEqual([])
  })

  // Expected from 90 to 100; what fell went to 80, what rose to 110.
  const fell = { side: 'low' as const, high: outcome(99, 98, 96, 100), low: outcome(80, 92, 90, 94) }
  const rose = { side: 'high' as const, high: outcome(110, 98, 96, 100), low: outcome(93, 92, 90, 94) }

  it('one that left the range below fell, above rose, at both ends swung, in one bar or in two', () => {
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

describe('explain', () => {
  const crash = {
    market: 'bitstamp:BTC-USD',
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

  it('a crash reads as a trader would say it', () => {
    expect(explain(crash)).toBe(
      'Fell to 30,000.00 USD, 20.2 % below the 37,601.90 expected (the 90 % range ended at 36,420.00); ' +
        'closed −6.5 % on the bar, on 4.2 times the usual volume. A miss this large comes about once in 12 weeks. ' +
        'Seen too by 2 of 3 others, clearest by the forecast’s quantiles (about once in 12 weeks).',
    )
  })

  it('where nobody else sees it, or volume is little, it says so', () => {
    const alone = { ...crash, opinions: crash.opinions.slice(0, 1), volumeRatio: 0.3 }
    expect(explain(alone)).toContain('closed −6.5 % on the bar, on little volume.')
    expect(explain(alone)).toMatch(/No other detector sees it\.$/)
  })

  it('an ordinary bar says that it stayed within what was expected', () => {
    const inside = { ...crash, low: outcome(37_500, 37_601.9, 36_420, 38_295.3), pValue: 0.6, isAnomaly: false }
    expect(explain(inside)).toBe('High 38,650.00 and low 37,500.00 stayed within what was expected.')
  })

  it('an ordinary bar past its range says so and how often that comes', () => {
    const past = { ...crash, low: outcome(36_400, 37_601.9, 36_420, 38_295.3), pValue: 0.05, isAnomaly: false }
    expect(explain(past)).toBe(
      'Low 36,400.00 went below the 90 % range, which ended at 36,420.00; a miss like this comes in about one bar of 20.',
    )
  })

  it('rarity in plain words, whatever the interval', () => {
    expect(rarity({ pValue: 1 / 168, intervalMs: hourMs })).toBe('about once in 7 days')
    expect(rarity({ pValue: 1 / (24 * 7 * 14), intervalMs: hourMs })).toBe('about once in 14 weeks')
    expect(rarity({ pValue: 0.2, intervalMs: hourMs })).toBe('in about one bar of 5')
  })

  it('a row that is hard to believe: what the surest witness saw', () => {
    const rare = { pValue: 1 / (24 * 7 * 10), intervalMs: hourMs }
    expect(explainUnlikely('volume-alone', { range: Math.log(0.5), volume: Math.log(12.34) }, rare)).toBe(
      'Hard to believe: 12 times the volume expected, while the range was 0.5 times the one expected. Price and volume disagree like this about once in 10 weeks.',
    )
    expect(explainUnlikely('range-alone', { range: Math.log(6), volume: 0 }, rare)).toContain(
      '6 times the range expected on 1 times the volume.',
    )
  })

  it('a gap is told in bars and in time', () => {
    expect(explainGap(1, hourMs)).toBe('1 bar is missing before this one (1 h): no forecast was made for it.')
    expect(explainGap(72, hourMs)).toBe('72 bars are missing before this one (3 days): no forecast was made for it.')
  })
})
