import { describe, expect, it } from 'vitest'
import { matchEpisodes } from './detection.ts'
import { eventsWithin, meets } from './labels.ts'

const hour = (at: number) => at * 3_600_000
const span = (from: number, to: number) => ({ startMs: hour(from), endMs: hour(to) })
const event = (from: number, to: number, tier = 1, label = '') => ({ ...span(from, to), tier, label })

describe('meets', () => {
  it('an event less than an hour away is met, one an hour away is not', () => {
    expect(meets(span(10, 11), span(11, 12))).toBe(true)
    expect(meets(span(10, 11), span(11.9, 13))).toBe(true)
    expect(meets(span(10, 11), span(12, 13))).toBe(false)
    expect(meets(span(14, 15), span(12, 13))).toBe(false)
    expect(meets(span(13.5, 15), span(12, 13))).toBe(true)
  })

  it('without tolerance, touching is not meeting', () => {
    expect(meets(span(10, 11), span(11, 12), 0)).toBe(false)
    expect(meets(span(10, 11.5), span(11, 12), 0)).toBe(true)
  })

  it('events that are not wholly inside the range are left out', () => {
    const events = [event(0, 2), event(5, 6), event(9, 11)]
    expect(eventsWithin(events, span(1, 10))).toEqual([event(5, 6)])
  })
})

describe('matching episodes with events', () => {
  it('two of three events, one of two of tier 1, and two of three right episodes give the figures computed by hand', () => {
    const events = [event(10, 12, 1, 'a'), event(50, 51, 2, 'b'), event(90, 91, 1, 'c')]
    const found = matchEpisodes([span(11, 12), span(30, 31), span(49, 50)], events)
    expect(found).toMatchObject({ recallTier1: 1 / 2, recall: 2 / 3, precision: 2 / 3 })
    expect(found.matched.map(of => of?.label ?? null)).toEqual(['a', null, 'b'])
    // One hour after its start, and before its start.
    expect(found.medianDelayHours).toBe(0.5)
  })

  it('two episodes of one event are both right and find it once; the first one tells the delay', () => {
    const found = matchEpisodes([span(12, 13), span(20, 21)], [event(10, 24)])
    expect(found).toMatchObject({ recall: 1, precision: 1, medianDelayHours: 2 })
  })

  it('recall and precision are unknown without events, not zero; without episodes nothing is found', () => {
    expect(matchEpisodes([span(1, 2)], [])).toMatchObject({ recallTier1: null, recall: null, precision: null })
    const missed = matchEpisodes([], [event(1, 2, 2)])
    expect(missed).toMatchObject({ recallTier1: null, recall: 0, precision: null, medianDelayHours: null })
  })

  it('the interval of a recall resamples weeks: null with three of them, around the share with many', () => {
    const weekly = (count: number) => Array.from({ length: count }, (_, i) => event(168 * i + 30, 168 * i + 31))
    expect(matchEpisodes([], weekly(3)).recall95).toBeNull()
    const events = weekly(20)
    const { recall, recall95 } = matchEpisodes(events.slice(0, 10), events)
    expect(recall).toBe(0.5)
    // Binomial, 20 draws at a half: the 2.5 and 97.5 % points are 0.3 and 0.7; one event either way is the draws' noise.
    expect(Math.abs(recall95!.lower - 0.3)).toBeLessThan(0.051)
    expect(Math.abs(recall95!.upper - 0.7)).toBeLessThan(0.051)
  })
})
