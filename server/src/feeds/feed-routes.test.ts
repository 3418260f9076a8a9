import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Feed } from '@candlewatch/api/feeds'
import { isoDate } from '@candlewatch/core/interval'
import type { FeedFault, Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import {
  barAt,
  btc,
  eventsOf,
  hourMs,
  jsonOf,
  nowMs,
  rowAt,
  rowsFrom,
  type Serving,
  serving,
} from '../serving.suite.ts'
import { makeFeeds, restoreFeeds } from './feeds.ts'

// Its close is the moment that the test's clock starts at.
const lastHour = 743
const minuteMs = 60_000

async function feedsOf({ get }: Pick<Serving, 'get'>, query = ''): Promise<Feed[]> {
  return (await jsonOf<{ feeds: Feed[] }>(get(`/api/feeds${query}`))).feeds
}

async function feedOf(server: Pick<Serving, 'get'>): Promise<Feed> {
  const [feed] = await feedsOf(server)
  return feed!
}

function wait(server: Serving, ms: number): void {
  server.nowMs.value = (server.nowMs.value + ms) as Ms
  server.feeds.check()
}

test('there are no feeds before the first row', async () => {
  expect(await feedsOf(await serving())).toEqual([])
})

test('a feed is live after a bar, stale an hour later without one, and live again after the next', async () => {
  const server = await serving()
  wait(server, 4_000)
  await server.post(rowAt(lastHour))
  expect(await feedOf(server)).toMatchObject({
    market: 'bitstamp:BTC-USD',
    interval: '1h',
    state: 'live',
    lastBar: '2021-01-31T23:00:00Z',
    lastSeen: '2021-02-01T00:00:04Z',
    dueAt: '2021-02-01T01:06:04Z',
    usualLatenessMs: 4_000,
    evidence: 'The bar of 2021-01-31T23:00:00Z arrived 4 s after its close; the next is due by 2021-02-01T01:06:04Z.',
    lastFault: null,
  })

  wait(server, 66 * minuteMs)
  expect((await feedOf(server)).state).toBe('live')
  wait(server, 1)
  const evidence =
    'No bar of 2021-02-01T00:00:00Z yet: it closed at 2021-02-01T01:00:00Z, and this feed usually takes 4 s.'
  expect(await feedOf(server)).toMatchObject({
    state: 'stale',
    evidence,
    lastBar: '2021-01-31T23:00:00Z',
    lastFault: { kind: 'stale', date: '2021-02-01T00:00:00Z', seen: '2021-02-01T01:06:04.001Z', evidence },
  })
  wait(server, 2 * hourMs)
  expect((await feedOf(server)).evidence).toMatch(/; 3 bars are missing in total\.$/)

  await server.post(rowAt(lastHour + 1))
  // An older bar is late news: the feed is back with the one that is due.
  expect((await feedOf(server)).state).toBe('stale')
  await server.post([rowAt(lastHour + 2), rowAt(lastHour + 3)])
  expect(await feedOf(server)).toMatchObject({ state: 'live', counts: { stale: 1 }, last: { stale: { evidence } } })
})

test('the stream sends one event when a feed becomes stale and one when it is live again', async () => {
  const server = await serving()
  await server.post(rowAt(lastHour))
  const heard = await eventsOf(
    `${server.url}/api/stream`,
    events => events.filter(one => one.event === 'feed').length === 2,
    async () => {
      for (let i = 0; i < 5; i++) wait(server, 20 * minuteMs)
      await server.post(rowAt(lastHour + 1))
      server.feeds.check()
    },
  )
  const told = heard.filter(one => one.event === 'feed')
  expect(told.map(({ id, data }) => [id, (data as Feed).state])).toEqual([
    [null, 'stale'],
    [null, 'live'],
  ])
  expect(told[1]?.data).toEqual(await feedOf(server))
})

test('a client that connects to a stale feed is notified, and not about another market', async () => {
  const server = await serving()
  await server.post(rowAt(lastHour))
  wait(server, 2 * hourMs)
  const enough = (events: readonly { event: string }[]) => events.length > 0
  const [first] = await eventsOf(`${server.url}/api/stream`, enough)
  expect(first).toMatchObject({ event: 'feed', data: { state: 'stale' } })
  const other = rowAt(lastHour, { market: 'a:b' })
  const [row] = await eventsOf(`${server.url}/api/stream?market=a:b`, enough, () => server.post(other))
  expect(row?.event).toBe('bar')
})

test('a feed that is usually ten minutes late is not stale before', async () => {
  const server = await serving()
  for (let hour = lastHour; hour < lastHour + 3; hour++) {
    server.nowMs.value = (nowMs + (hour - lastHour) * hourMs + 10 * minuteMs) as Ms
    await server.post(rowAt(hour))
  }
  expect((await feedOf(server)).dueAt).toBe('2021-02-01T03:16:00Z')
})

test('bars of five minutes that are fetched every fifteen are never stale in between', async () => {
  const server = await serving()
  const fiveMs = 5 * minuteMs
  const states = new Set<string>()
  for (let fetched = 1; fetched <= 8; fetched++) {
    const rows = [0, 1, 2].map(i => ({
      ...rowAt(0),
      date: isoDate(nowMs + (3 * (fetched - 1) + i) * fiveMs),
      interval: '5m',
    }))
    server.nowMs.value = (nowMs + 3 * fetched * fiveMs) as Ms
    await server.post(rows)
    wait(server, 3 * fiveMs - 1)
    if (fetched > 1) states.add((await feedOf(server)).state)
  }
  expect([...states]).toEqual(['live'])
})

test('a feed of past rows is never overdue', async () => {
  const server = await serving()
  await server.post(rowsFrom(0, 48))
  wait(server, 90 * 24 * hourMs)
  expect(await feedOf(server)).toMatchObject({
    state: 'past',
    dueAt: null,
    usualLatenessMs: null,
    lastBar: '2021-01-02T23:00:00Z',
    evidence:
      'Its rows are historical: the newest opened at 2021-01-02T23:00:00Z and was received at 2021-02-01T00:00:00Z. Historical rows are never overdue.',
  })
})

test('a feed of past rows becomes live when it reaches the present', async () => {
  const server = await serving()
  await server.post(rowsFrom(0, lastHour + 1))
  expect(await feedOf(server)).toMatchObject({ state: 'live', dueAt: '2021-02-01T01:06:00Z' })
})

test('equal rows sent again, alone or in an array, get the same bytes and count as duplicates', async () => {
  const server = await serving()
  const first = await (await server.post(rowAt(0))).text()
  await server.post(rowAt(1))
  expect(await (await server.post(rowAt(0))).text()).toBe(first)
  expect(await feedOf(server)).toMatchObject({
    counts: { duplicate: 1 },
    lastFault: {
      kind: 'duplicate',
      date: '2021-01-01T00:00:00Z',
      seen: '2021-02-01T00:00:00Z',
      evidence:
        'The row of 2021-01-01T00:00:00Z came again with the same numbers: it was answered from the store and not learned again.',
    },
  })
  await server.post([rowAt(0), rowAt(1), rowAt(2), rowAt(2)])
  const { counts, last, lastBar } = await feedOf(server)
  expect(counts.duplicate).toBe(4)
  expect(last.duplicate?.evidence).toMatch(/^3 rows, the newest of 2021-01-01T02:00:00Z, came again/)
  expect(lastBar).toBe('2021-01-01T02:00:00Z')
})

test.each([
  [
    { high: 80 },
    'impossible',
    'The row of 2021-01-01T01:00:00Z was refused: expected high to be at least the low, 91, found 80.',
  ],
  [
    { open: 0 },
    'impossible',
    'The row of 2021-01-01T01:00:00Z was refused: expected open to be a positive number, found 0.',
  ],
  [
    { date: '2021-02-01T05:00:00Z' },
    'impossible',
    'The row of 2021-02-01T05:00:00Z was refused: expected a bar that has closed by now, 2021-02-01T00:00:00Z, found the one that opens at 2021-02-01T05:00:00Z and closes at 2021-02-01T06:00:00Z.',
  ],
  [
    { date: '2021-01-01T01:30:00Z' },
    'impossible',
    'The row of 2021-01-01T01:30:00Z was refused: expected the opening of a 1h bar, found 2021-01-01T01:30:00Z.',
  ],
  [
    { date: '2021-01-01T00:00:00Z', close: 106.5 },
    'conflict',
    'The row of 2021-01-01T00:00:00Z was refused: expected open 100, as first received for the bar of 2021-01-01T00:00:00Z, found open 101.',
  ],
  [
    { date: '2020-12-31T00:00:00Z' },
    'late',
    'The row of 2020-12-31T00:00:00Z was refused: expected a bar after the first one that was judged, which opened at 2021-01-01T00:00:00Z, found an older one, of 2020-12-31T00:00:00Z, that was never received before.',
  ],
])('a row with %j is refused and counted as %s', async (change, kind, evidence) => {
  const server = await serving()
  await server.post(rowAt(0))
  const bad = rowAt(1, change)
  for (const body of [bad, [bad]]) expect((await server.post(body)).status).toBeGreaterThanOrEqual(400)
  const { counts, lastFault, lastBar } = await feedOf(server)
  expect(counts).toMatchObject({ duplicate: 0, stale: 0, [kind]: 2 })
  expect(lastFault).toEqual({ kind, date: bad.date, seen: '2021-02-01T00:00:00Z', evidence })
  expect(lastBar).toBe('2021-01-01T00:00:00Z')
})

test('the faulty row of an array is the one that is kept', async () => {
  const server = await serving()
  await server.post([rowAt(0), rowAt(1), rowAt(2, { low: 0 })])
  const feed = await feedOf(server)
  expect(feed).toMatchObject({ state: 'empty', lastBar: null, dueAt: null, lastFault: { date: rowAt(2).date } })
  expect(feed.evidence).toBe('No row of this feed has been accepted yet.')
})

test('requests that say nothing about the feed are not counted: text for a number, two markets in one array', async () => {
  const server = await serving()
  await server.post(rowAt(0))
  await server.post(rowAt(1, { high: '110' }))
  await server.post([rowAt(1), rowAt(2, { market: 'a:b' })])
  const { counts } = await feedOf(server)
  expect(Object.values(counts).every(count => count === 0)).toBe(true)
})

test('faults of verdicts are counted and keep their evidence', async () => {
  const server = await serving()
  const faults: Record<number, FeedFault['kind']> = { 1: 'gap', 2: 'bad-tick', 3: 'flat', 4: 'bad-tick', 5: 'unlikely' }
  const { commit } = server.store
  server.store.commit = (stream, steps, snapshot) => {
    for (const { bar, verdict } of steps) {
      const kind = faults[(bar.ts - barAt(0).ts) / hourMs]
      if (!kind) continue
      const reason = { code: 'stored-text', text: `Seen at ${verdict.date}.` }
      Object.assign(verdict, { status: 'feed-fault', fault: { kind }, reason })
    }
    return commit(stream, steps, snapshot)
  }
  await server.post(rowsFrom(0, 6))
  expect(await feedOf(server)).toMatchObject({
    counts: { gap: 1, badTick: 2, flat: 1, unlikely: 1, duplicate: 0 },
    lastFault: { kind: 'unlikely', date: rowAt(5).date },
    last: { badTick: { date: rowAt(4).date, evidence: `Seen at ${rowAt(4).date}.` }, impossible: null },
  })
})

test('feeds are filtered by market and interval; an invalid market is answered with 400', async () => {
  const server = await serving()
  await server.post(rowAt(0, { market: 'b:X' }))
  await server.post(rowAt(0, { market: 'a:X' }))
  await server.post(rowAt(0, { market: 'a:X', interval: '30m' }))
  const names = async (query: string) => (await feedsOf(server, query)).map(one => `${one.market} ${one.interval}`)
  expect(await names('')).toEqual(['a:X 30m', 'a:X 1h', 'b:X 1h'])
  expect(await names('?market=a:X')).toEqual(['a:X 30m', 'a:X 1h'])
  expect(await names('?market=a:X&interval=60m')).toEqual(['a:X 1h'])
  expect(await names('?market=c:X')).toEqual([])
  expect((await server.get('/api/feeds?market=x')).status).toBe(400)
})

test('after a restart a feed that was live is overdue, and one of past rows is not', async () => {
  const store = memoryStore()
  const before = await serving({ store })
  await before.post(rowsFrom(lastHour - 3, lastHour + 1))
  await before.post(rowsFrom(0, 3).map(row => ({ ...row, market: 'past:X' })))
  await store.appendWarmUp({ ...btc, market: 'warm:X' }, [{ ...barAt(0), market: 'warm:X', seen: barAt(0).ts }])
  const clock = { now: () => (nowMs + 5 * hourMs) as Ms }
  const after = makeFeeds({ clock, announce: () => undefined })
  await restoreFeeds(after, store)
  expect(after.list().map(one => [one.market, one.state, one.lastBar, one.lastSeen])).toEqual([
    ['bitstamp:BTC-USD', 'stale', '2021-01-31T23:00:00Z', '2021-02-01T00:00:00Z'],
    ['past:X', 'past', '2021-01-01T02:00:00Z', '2021-02-01T00:00:00Z'],
    ['warm:X', 'empty', null, null],
  ])
  expect(after.list()[0]?.countedSince).toBe('2021-02-01T05:00:00Z')
})

test('bad rows of hundreds of invented markets do not displace feeds that have bars, and their number is bounded', async () => {
  const server = await serving()
  await server.post(rowAt(0))
  for (let i = 0; i < 510; i++) await server.post(rowAt(0, { market: `made:up${i}`, high: 1 }))
  const feeds = await feedsOf(server)
  expect(feeds).toHaveLength(500)
  expect(feeds[0]).toMatchObject({ market: 'bitstamp:BTC-USD', state: 'past' })
})
