import type { Feed } from '@candlewatch/api/feeds'
import { hourMs, msOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeFeedHealth } from './feed-health.ts'
import { type FeedsParts, makeFeeds } from './feeds.ts'

const stream = { market: 'nasdaq:AAPL-USD', intervalMs: hourMs } as const
const later = (ms: number, by: number) => (ms + by) as Ms

// The last bar of a Friday, and the first of the next Monday.
const close = msOf('2024-02-02T21:00:00Z')
const opening = msOf('2024-02-05T14:00:00Z')
const arrival = { ts: close, seen: later(close, 2_000), nextOpen: opening }

test('a market that has closed has a closed feed, then a live one, and a stale one only after its first bar was due', () => {
  const feed = makeFeedHealth(stream, close)
  feed.accept([arrival])
  expect(feed.shown(later(close, 3_000))).toMatchObject({
    state: 'closed',
    dueAt: '2024-02-05T15:06:02Z',
    evidence:
      'The market has closed: the newest bar opened at 2024-02-02T20:00:00Z; the next is expected at 2024-02-05T14:00:00Z and due by 2024-02-05T15:06:02Z.',
  })
  expect(feed.stateAt(later(opening, -1))).toBe('closed')
  expect(feed.stateAt(opening)).toBe('live')
  expect(feed.shown(later(opening, 2 * hourMs))).toMatchObject({
    state: 'stale',
    evidence:
      'No bar of 2024-02-05T14:00:00Z yet: it closed at 2024-02-05T15:00:00Z, and this feed usually takes 2 s; 2 bars are missing in total.',
  })
})

test('where nothing is known of the next opening, or the next bar follows at once, the feed is due after one interval', () => {
  for (const nextOpen of [null, close]) {
    const feed = makeFeedHealth(stream, close)
    feed.accept([{ ...arrival, nextOpen }])
    expect(feed.stateAt(later(close, hourMs / 2))).toBe('live')
    expect(feed.stateAt(later(close, 2 * hourMs))).toBe('stale')
  }
})

test('closing and opening are announced, and neither is a fault', () => {
  const clock = { nowMs: later(close, 3_000) }
  const announced: Feed['state'][] = []
  const parts: FeedsParts = { clock: { now: () => clock.nowMs }, announce: ({ state }) => announced.push(state) }
  const feeds = makeFeeds(parts)
  feeds.acceptedElsewhere(stream, close, opening)
  for (const at of [later(close, hourMs), later(opening, -hourMs), opening, later(opening, hourMs / 2)]) {
    clock.nowMs = at
    feeds.check()
  }
  expect(announced).toEqual(['closed', 'live'])
  clock.nowMs = later(opening, 2 * hourMs)
  expect(feeds.list()).toMatchObject([
    { state: 'stale', counts: { stale: 1 }, last: { stale: { date: '2024-02-05T14:00:00Z' } } },
  ])
})
