import { describe, expect, it } from 'vitest'
import { exampleEpisode } from '../eval/example-verdict.ts'
import type { Incident } from '../incident.ts'
import { isoDate } from '../interval.ts'
import { makeRng } from '../stats/rng.ts'
import { hourMs, minuteMs, weekMs } from '../time.ts'
import type { Episode, Market, Ms } from '../types.ts'
import { type EpisodeNews, rarityOf, Told } from './told.ts'

const startMs = Date.UTC(2021, 0, 4)
const all = { name: 'all', markets: 9 }

/** An episode that opens at an hour after the start. */
function news(market: string, hour: number, pValue: number, change: Partial<EpisodeNews> = {}): EpisodeNews {
  const openMs = startMs + hour * hourMs
  const episode = exampleEpisode(market as Market, openMs, { pValue, size: -0.05 })
  return { kind: 'opened', episode, ts: (openMs + hourMs) as Ms, leastSizePercent: 0, groups: [], ...change }
}

const weekly = { episodesPerWeek: 1, leastSizePercent: 0 }

/** The incidents as they stood in the end. */
function decided(budget: ConstructorParameters<typeof Told>[0], sequence: readonly EpisodeNews[]): Incident[] {
  const told = new Told(budget)
  const found = new Map<number, Incident>()
  for (const one of sequence) for (const incident of told.next(one)) found.set(incident.n, incident)
  return [...found.values()]
}

/** Episodes of that many markets that open at random hours, as rare as their p-values are spread. */
function randomSequence(markets: number, weeks: number, perWeek: number, seed: number, of = rareness): EpisodeNews[] {
  const rng = makeRng(seed)
  const count = Math.round(markets * weeks * perWeek)
  const hours = Array.from({ length: count }, () => Math.floor(rng.uniform() * weeks * 168)).sort((a, b) => a - b)
  return hours.map(hour => news(`test:${Math.floor(rng.uniform() * markets)}/${hour}`, hour, of(rng.uniform())))
}

const rareness = (u: number) => u / 168
const isTold = ({ toldAt, partOf }: Incident) => toldAt !== null && partOf === null

describe('rarity', () => {
  it('counts how many bars a week are as rare, whatever the interval is', () => {
    expect(rarityOf({ pValue: 1 / 168, interval: '1h' })).toBeCloseTo(1)
    expect(rarityOf({ pValue: 1 / 10_080, interval: '1m' })).toBeCloseTo(1)
    expect(rarityOf({ pValue: 1 / 7, interval: '1d' })).toBeCloseTo(1)
  })
})

describe('a budget over all streams', () => {
  it.each([
    [0.5, 20],
    [1, 20],
    [7, 20],
    [7, 500],
    [30, 100],
  ])(
    'of %f a week is kept by %i markets with an episode a week each, with the rarest of them',
    (episodesPerWeek, markets) => {
      const weeks = markets > 100 ? 6 : 30
      // The first week is left out: nothing is known then.
      const since = startMs + weekMs
      const incidents = decided({ episodesPerWeek, leastSizePercent: 0 }, randomSequence(markets, weeks, 1, 5))
      const told = incidents.filter(one => isTold(one) && one.at > since)
      expect(told.length / (weeks - 1) / episodesPerWeek).toBeGreaterThan(0.7)
      expect(told.length / (weeks - 1) / episodesPerWeek).toBeLessThan(1.4)
      const untold = incidents.filter(one => !isTold(one))
      const meanOf = (some: readonly Incident[]) => some.reduce((sum, { perWeek }) => sum + perWeek, 0) / some.length
      if (markets > episodesPerWeek * 2) expect(meanOf(told)).toBeLessThan(0.5 * meanOf(untold))
    },
  )

  it('tells everything while fewer episodes come than it allows', () => {
    const incidents = decided({ episodesPerWeek: 7, leastSizePercent: 0 }, randomSequence(3, 30, 1, 6))
    expect(incidents.filter(isTold)).toHaveLength(incidents.length)
    expect(new Set(incidents.map(({ because }) => because))).toContain('within-budget')
  })

  it('goes on to tell where all episodes are equally rare, as many as it allows', () => {
    const incidents = decided(
      weekly,
      randomSequence(10, 40, 1, 7, () => 1 / 3_000),
    )
    const told = incidents.filter(isTold)
    expect(told.length).toBeGreaterThan(25)
    expect(told.length).toBeLessThan(55)
    const longest = Math.max(...told.slice(1).map(({ at }, i) => at - (told[i] as Incident).at))
    expect(longest).toBeLessThan(4 * weekMs)
  })

  it('is not silent for long after a burst of rare episodes', () => {
    const burst = Array.from({ length: 30 }, (_, i) => news(`burst:${i}`, 3_000 + 8 * i, 1e-6 * (1 + i)))
    const quiet = randomSequence(5, 40, 1, 8)
    const sequence = [...quiet, ...burst].sort((a, b) => a.ts - b.ts)
    const told = decided(weekly, sequence).filter(isTold)
    const after = told.find(({ at }) => at > startMs + 3_240 * hourMs)
    expect((after?.at ?? Infinity) - (startMs + 3_240 * hourMs)).toBeLessThan(5 * weekMs)
  })

  it('does not look ahead: what comes later changes no decision before it', () => {
    const sequence = randomSequence(20, 20, 1, 9)
    const half = sequence.slice(0, 200)
    expect(decided(weekly, sequence).slice(0, 150).filter(isTold)).toEqual(
      decided(weekly, half).slice(0, 150).filter(isTold),
    )
  })

  it('goes on from stored incidents as if it had never stopped', () => {
    const sequence = randomSequence(30, 20, 1, 10).map(one => ({ ...one, groups: [all] }))
    const whole = new Told(weekly)
    const stored = new Map<number, Incident>()
    let resumed = new Told(weekly)
    for (const [i, one] of sequence.entries()) {
      if (i % 37 === 0) resumed = new Told(weekly, [...stored.values()])
      const changed = resumed.next(one)
      for (const incident of changed) stored.set(incident.n, incident)
      expect(changed).toEqual(whole.next(one))
    }
  })
})

describe('an episode', () => {
  it('that was not told is told once it has become rare', () => {
    const told = new Told(weekly)
    for (let week = 0; week < 20; week++) told.next(news(`test:${week}`, week * 60, 1e-4))
    const [weak] = told.next(news('test:weak', 1_300, 0.01))
    expect(weak).toMatchObject({ toldAt: null, because: 'budget-used' })
    const grown = { ...news('test:weak', 1_300, 1e-6), kind: 'updated', ts: (startMs + 1_304 * hourMs) as Ms } as const
    expect(told.next(grown)).toMatchObject([{ n: weak?.n, toldAt: grown.ts, because: 'rare' }])
    expect(told.next({ ...grown, ts: (grown.ts + hourMs) as Ms })).toEqual([])
    expect(told.next({ ...grown, kind: 'closed' })).toEqual([])
  })

  it('that is small is not told and uses no budget; it is told when it grows', () => {
    const told = new Told({ episodesPerWeek: 1, leastSizePercent: 2 })
    const sized = (market: string, size: number, leastSizePercent: number): EpisodeNews => {
      const one = news(market, 5, 1e-4, { leastSizePercent })
      return { ...one, episode: { ...one.episode, size } }
    }
    for (let i = 0; i < 9; i++) {
      expect(told.next(sized(`test:${i}`, 0.019, 0))).toMatchObject([{ toldAt: null, because: 'small' }])
    }
    expect(told.next(sized('test:own', -0.04, 5))).toMatchObject([{ because: 'small' }])
    expect(told.next({ ...sized('test:own', -0.06, 5), kind: 'updated' })).toMatchObject([{ because: 'within-budget' }])
  })

  it('of the same market at another interval belongs to the same incident', () => {
    const told = new Told(weekly)
    const [first] = told.next(news('test:BTC', 5, 1e-4))
    const one = news('test:BTC', 6, 1e-4)
    const minutes: Episode = { ...one.episode, id: 'minute', interval: '1m', start: isoDate(startMs + 6 * hourMs) }
    const changed = told.next({ ...one, episode: minutes, ts: (startMs + 6 * hourMs + minuteMs) as Ms })
    expect(changed).toMatchObject([{ n: 1, toldAt: first?.toldAt, members: [{ interval: '1h' }, { interval: '1m' }] }])
    expect(first).toMatchObject({ n: 1, because: 'within-budget' })
    expect(told.next({ ...one, episode: { ...minutes, pValue: 1e-9 }, kind: 'updated' })).toMatchObject([
      { n: 1, members: [{ interval: '1h' }, { interval: '1m' }] },
    ])
  })
})

describe('markets of a group that move at once', () => {
  const inGroup = (market: string, hour: number, pValue = 1e-4) => news(market, hour, pValue, { groups: [all] })

  it('count as one from a third of them on, and three at least', () => {
    const told = new Told({ episodesPerWeek: 2, leastSizePercent: 0 })
    const [a, b] = [...told.next(inGroup('t:a', 0)), ...told.next(inGroup('t:b', 1))]
    expect([a, b]).toMatchObject([
      { group: null, because: 'within-budget' },
      { group: null, because: 'within-budget' },
    ])
    const whole = told.next(inGroup('t:c', 2, 1e-5))
    expect(whole).toMatchObject([
      { n: 2, partOf: 1 },
      { n: 3, partOf: 1 },
      { n: 1, group: 'all', toldAt: a?.toldAt, perWeek: expect.closeTo(168e-5) },
    ])
    expect(whole.at(-1)?.members).toHaveLength(3)
    // It uses one of the two: another is told.
    expect(told.next(inGroup('t:d', 3))).toMatchObject([{ n: 1, toldAt: a?.toldAt }])
    expect(told.next(news('other:e', 9, 0.005))).toMatchObject([{ because: 'within-budget' }])
    expect(told.next(news('other:f', 18, 0.006))).toMatchObject([{ because: 'budget-used' }])
  })

  it('are not one when fewer move, when they move far apart, or when the same market moves again', () => {
    const told = new Told({ episodesPerWeek: 9, leastSizePercent: 0 })
    const large = { name: 'large', markets: 30 }
    const found = [0, 1, 2, 3].flatMap(i => told.next(news(`l:${i}`, i, 1e-4, { groups: [large] })))
    const apart = [20, 27, 34].flatMap(hour => told.next(inGroup(`t:${hour}`, hour)))
    expect([...found, ...apart].map(({ group }) => group)).toEqual(Array(7).fill(null))
  })
})
