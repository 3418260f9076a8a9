import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { ToldRecord } from '@candlewatch/adapters/stores/told'
import { exampleEpisode, exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import type { Stream } from '@candlewatch/core/time'
import type { EpisodeEvent, Market, Ms, Step, Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { barAt, hourMs } from '../serving.suite.ts'
import { makeProfiles } from './profiles.ts'
import { makeTeller } from './teller.ts'

const clock = { now: () => 0 as Ms }
const streamOf = (market: string): Stream => ({ market: market as Market, intervalMs: hourMs })

function stepAt(stream: Stream, hour: number, kind: EpisodeEvent['kind'] = 'opened', again?: Verdict['again']): Step {
  const bar = barAt(hour, stream)
  const verdict = exampleVerdict(bar, { id: `${stream.market}@${bar.ts}`, ...(again && { again }) })
  const episode = exampleEpisode(stream.market, Date.parse(verdict.date), { id: verdict.id, pValue: 1e-4, size: -0.03 })
  return { bar, verdict, episodes: [{ kind, episode }] }
}

function server(store: Store, leastSizePercent = 0) {
  const decided: ToldRecord[] = []
  const profiles = makeProfiles(store, clock)
  const teller = makeTeller({
    store,
    profiles,
    leastSizePercent: () => leastSizePercent,
    decided: records => void decided.push(...records),
    log: makeLog('silent'),
  })
  /** Takes these streams and waits until that has ended. */
  const take = async (...streams: readonly Stream[]) => {
    for (const stream of streams) teller.take(stream)
    while ((await store.untold()).some(one => streams.some(({ market }) => market === one.market))) await null
  }
  const listed = async (profile = 'default') =>
    (await store.told({ profile, fromMs: null, toMs: null, toldOnly: false, limit: 99 })).map(
      ({ members, because }) => `${members.map(({ market }) => market).join(' ')} ${because}`,
    )
  return { decided, profiles, teller, take, listed }
}

test('each profile is told of what it watches, within a budget of its own', async () => {
  const store = memoryStore()
  const { profiles, take, listed, decided } = server(store)
  await profiles.change('key', { markets: ['b:*'], episodesPerWeek: 1 })
  const streams = ['a:X', 'b:Y', 'b:Z', 'replay:r/b:Y'].map(streamOf)
  for (const [i, stream] of streams.entries()) await store.commit(stream, [stepAt(stream, 10 * i)], null)
  for (const stream of streams) await take(stream)
  expect(await listed()).toEqual(['a:X within-budget', 'b:Y within-budget', 'b:Z within-budget'])
  expect(await listed('key')).toEqual(['b:Y within-budget', 'b:Z budget-used'])
  expect(decided).toHaveLength(5)
})

test('the least size of a stream counts, and what is judged again is no news', async () => {
  const store = memoryStore()
  const { take, listed } = server(store, 4)
  const stream = streamOf('a:X')
  await store.commit(stream, [stepAt(stream, 0)], null)
  await take(stream)
  const other = streamOf('a:Y')
  await store.commit(other, [stepAt(other, 0, 'opened', { kind: 'changed', date: '2021-01-01T00:00:00Z' })], null)
  await take(other)
  expect(await listed()).toEqual(['a:X small'])
})

test('two servers take turns, and neither decides again what the other has', async () => {
  const store = memoryStore()
  const [one, other] = [server(store), server(store)]
  const streams = ['a:X', 'a:Y', 'a:Z'].map(streamOf)
  await one.profiles.change(null, { episodesPerWeek: 1 })
  for (const [i, stream] of streams.entries()) {
    await store.commit(stream, [stepAt(stream, 10 * i)], null)
    const taking = i % 2 === 0 ? one : other
    await taking.take(stream)
    other.teller.take(stream)
  }
  await other.teller.close()
  expect(await one.listed()).toEqual(['a:X within-budget', 'a:Y budget-used', 'a:Z budget-used'])
  expect([one.decided.length, other.decided.length]).toEqual([2, 1])
})

test('after a failed turn and after a restart it goes on where the store says', async () => {
  const store = memoryStore()
  const first = server(store)
  await first.profiles.change(null, { episodesPerWeek: 1 })
  const stream = streamOf('a:X')
  await store.commit(stream, [stepAt(stream, 0)], null)
  const { toldTurn } = store
  store.toldTurn = decide =>
    toldTurn(async turn => {
      await decide(turn)
      throw new Error('connection lost')
    })
  first.teller.take(stream)
  await first.teller.close()
  expect(await first.listed()).toEqual([])
  store.toldTurn = toldTurn
  const second = server(store)
  second.teller.catchUp()
  await second.take(stream)
  await store.commit(stream, [stepAt(stream, 20)], null)
  await server(store).take(stream)
  expect(await second.listed()).toEqual(['a:X within-budget', 'a:X budget-used'])
})

test('many markets of a group at once are one', async () => {
  const store = memoryStore()
  const { take, listed } = server(store)
  await store.saveGroup({ name: 'all', members: ['a:*'] }, 0 as Ms)
  const streams = ['a:X', 'a:Y', 'a:Z', 'b:W'].map(streamOf)
  for (const stream of streams) await store.commit(stream, [stepAt(stream, 0)], null)
  for (const stream of streams) await take(stream)
  expect(await listed()).toEqual(['a:X a:Y a:Z within-budget', 'b:W within-budget'])
})
