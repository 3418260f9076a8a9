import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Feed } from '@candlewatch/api/feeds'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import { exampleEpisode, exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { isoDate } from '@candlewatch/core/interval'
import type { Market } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import {
  barAt,
  btc,
  type Event,
  eventsOf,
  hourMs,
  jsonOf,
  rowAt,
  rowsFrom,
  type Serving,
  serving,
  startMs,
} from '../serving.suite.ts'

async function twoServers() {
  const store = memoryStore()
  const [owner, other] = [await serving({ store }), await serving({ store })]
  return { store, owner, other }
}

const named = (events: readonly Event[], name: string) => events.filter(({ event }) => event === name)
const datesOf = (events: readonly Event[]) => named(events, 'verdict').map(({ data }) => (data as VerdictAnswer).date)
const hours = (from: number, to: number) => rowsFrom(from, to).map(({ date }) => date)
const streamAt = ({ url }: Serving) => `${url}/api/stream?market=${btc.market}`

test('a client of any server receives every verdict once and in order, whichever server judges', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowAt(0))
  const events = await eventsOf(
    streamAt(other),
    found => datesOf(found).length >= 30,
    async () => {
      for (let hour = 1; hour <= 30; hour++) await (hour % 3 ? owner : other).post(rowAt(hour))
    },
  )
  expect(datesOf(events)).toEqual(hours(1, 31))
  const ids = named(events, 'verdict').map(({ id }) => Number(id))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
})

test('a client that resumes at another server misses nothing', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowsFrom(0, 10))
  const events = await eventsOf(
    `${streamAt(other)}&lastEventId=4`,
    found => datesOf(found).length >= 8,
    () => owner.post(rowsFrom(10, 12)),
  )
  expect(datesOf(events)).toEqual(hours(4, 12))
})

test('verdicts of a correction reach the clients of other servers', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowsFrom(0, 5))
  const corrected = { ...rowAt(3, { close: 104 }), market: btc.market, reason: 'corrected' }
  const events = await eventsOf(
    streamAt(other),
    found => datesOf(found).length >= 2,
    () => owner.send('POST', '/api/corrections', corrected),
  )
  expect(datesOf(events)).toEqual(hours(3, 5))
})

test('a budget that is set on one server is in force on all', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowAt(0))
  const events = await eventsOf(
    streamAt(owner),
    found => named(found, 'budget').length > 0,
    () => other.send('PUT', '/api/budget', { alarmsPerWeek: 7, note: 'quiet week' }),
  )
  expect(named(events, 'budget')[0]?.data).toMatchObject({ alarmsPerWeek: 7, note: 'quiet week' })
  expect(await jsonOf(owner.get('/api/budget'))).toMatchObject({ alarmsPerWeek: 7 })
  expect(await jsonOf(other.post(rowAt(1)))).toMatchObject({ alarmsPerWeek: 7 })
})

test('when a change of the budget is answered, all servers judge by it', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowAt(0))
  for (let hour = 1; hour < 20; hour++) {
    await other.send('PUT', '/api/budget', { alarmsPerWeek: hour, note: '' })
    expect(await jsonOf(owner.post(rowAt(hour)))).toMatchObject({ alarmsPerWeek: hour })
  }
})

test('settings of a stream that are set on one server are in force on all', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowAt(0))
  const change = { market: btc.market, interval: '1h', alarmsPerWeek: 6, marketLane: false }
  const events = await eventsOf(
    streamAt(owner),
    found => named(found, 'settings').length > 0,
    () => other.send('PATCH', '/api/settings', change),
  )
  expect(named(events, 'settings')[0]?.data).toMatchObject(change)
  expect(await jsonOf(other.post(rowAt(1)))).toMatchObject({ alarmsPerWeek: 6, feedShare: 1 })
})

test('what one server decides to tell is sent to the clients of all', async () => {
  const { store, owner, other } = await twoServers()
  await owner.post(rowAt(0))
  const stream = { market: 'a:X' as Market, intervalMs: hourMs }
  const bar = barAt(0, stream)
  const verdict = exampleVerdict(bar)
  const episode = exampleEpisode(stream.market, startMs, { id: verdict.id })
  await store.commit(stream, [{ bar, verdict, episodes: [{ kind: 'opened', episode }] }], null)
  const events = await eventsOf(
    streamAt(other),
    found => named(found, 'told').length > 0,
    async () => owner.teller.catchUp(),
  )
  expect(named(events, 'told')[0]?.data).toMatchObject({ profile: 'default', n: 1, because: 'within-budget' })
})

const newReplay = {
  market: btc.market,
  source: { kind: 'synthetic', name: 'synthetic 2021, seed 1' },
  from: isoDate(startMs),
  to: isoDate(startMs + 10 * hourMs),
  everyMs: 1_000,
  state: 'playing',
}

test('a replay that is changed on two servers at once loses no change', async () => {
  const { store, owner, other } = await twoServers()
  const { replay } = store
  store.replay = async id => {
    const found = await replay(id)
    // Long enough for the other server to read the same.
    await new Promise(resolve => setTimeout(resolve, 5))
    return found
  }
  const { id } = await jsonOf<{ id: string }>(owner.send('POST', '/api/replays', newReplay))
  const step = (server: Serving) => server.send('PATCH', `/api/replays/${id}`, { step: 1 })
  await Promise.all(Array.from({ length: 40 }, (_, i) => step(i % 2 ? owner : other)))
  expect(await jsonOf(owner.get(`/api/replays/${id}`))).toMatchObject({ steps: 40, revision: 40 })
})

test('a replay that is changed on one server is shown by all', async () => {
  const { owner, other } = await twoServers()
  const events = await eventsOf(
    streamAt(other),
    // Notices about the same replay may be sent as one: the last of them counts.
    found => named(found, 'replay').some(({ data }) => (data as { state: string }).state === 'paused'),
    async () => {
      const { id } = await jsonOf<{ id: string }>(owner.send('POST', '/api/replays', newReplay))
      await expect
        .poll(async () => (await jsonOf<{ replays: unknown[] }>(other.get('/api/replays'))).replays.length)
        .toBe(1)
      await owner.send('PATCH', `/api/replays/${id}`, { state: 'paused' })
    },
  )
  expect(named(events, 'replay').at(-1)?.data).toMatchObject({ state: 'paused' })
})

test('a feed is as healthy on all servers as on the one that judges it, which alone counts verdicts', async () => {
  const { owner, other } = await twoServers()
  await owner.post(rowsFrom(0, 744))
  const feedAt = async (server: Serving) => {
    const { feeds } = await jsonOf<{ feeds: readonly Feed[] }>(server.get('/api/feeds'))
    return feeds[0]
  }
  await expect.poll(async () => (await feedAt(other))?.lastBar).toBe((await feedAt(owner))?.lastBar)
  expect((await feedAt(other))?.state).toBe((await feedAt(owner))?.state)
  const countedAt = async (server: Serving) =>
    /^candlewatch_verdicts_total\{.*\} (\d+)/m.exec(await (await server.get('/metrics')).text())?.[1]
  expect(Number(await countedAt(owner))).toBe(744)
  expect(Number((await countedAt(other)) ?? 0)).toBe(0)
})
