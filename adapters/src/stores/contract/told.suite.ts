import { exampleEpisode } from '@candlewatch/core/eval/example-verdict'
import type { Incident } from '@candlewatch/core/incident'
import type { Stream } from '@candlewatch/core/time'
import type { Ms, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import type { ToldRecord, ToldTurn, ToldWork } from '../told.ts'

let profiles = 0

/** Tests of groups, profiles and what was told that every store passes. `stepOf` makes the bar of the n-th hour of the stream and its verdict. */
export function toldContract(
  storeOf: () => Store,
  newStream: () => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  const withEpisode = (stream: Stream, hour: number): Step => {
    const step = stepOf(stream, hour)
    const episode = exampleEpisode(stream.market, Date.parse(step.verdict.date), { id: step.verdict.id })
    return { ...step, episodes: [{ kind: 'opened', episode }] }
  }
  const newProfile = () => `profile ${++profiles}`
  const incident = (n: number, at: number, change: Partial<Incident> = {}): Incident => ({
    n,
    at: at as Ms,
    perWeek: 1 / 3,
    group: null,
    groups: ['“a”'],
    members: [{ id: `i${n}`, market: 'a:b', interval: '1h', start: '2021-01-01T00:00:00Z' }],
    toldAt: null,
    because: 'budget-used',
    partOf: null,
    ...change,
  })
  const write = (stream: Stream, seq: number, records: readonly ToldRecord[]) =>
    storeOf().toldTurn(async () => ({ stream, seq, records }))

  describe('groups', () => {
    test('are read by name, replaced and deleted', async () => {
      const store = storeOf()
      await store.saveGroup({ name: 'b group', members: ['x:*'] }, 1 as Ms)
      await store.saveGroup({ name: 'a group', members: ['x:Y', 'z:*@1h'] }, 1 as Ms)
      await store.saveGroup({ name: 'b group', members: [] }, 2 as Ms)
      expect(await store.groups()).toEqual([
        { name: 'a group', members: ['x:Y', 'z:*@1h'] },
        { name: 'b group', members: [] },
      ])
      expect([await store.deleteGroup('a group'), await store.deleteGroup('a group')]).toEqual([true, false])
      await store.deleteGroup('b group')
    })

    test('episodes of all streams are read by time', async () => {
      const [store, one, other] = [storeOf(), newStream(), newStream()]
      for (const stream of [one, other]) await store.commit(stream, [withEpisode(stream, 90_000)], null)
      await store.commit(one, [withEpisode(one, 90_010)], null)
      const at = Date.parse(stepOf(one, 90_000).verdict.date)
      const read = async (fromMs: number, toMs: number, limit = 9) =>
        (await store.episodesOfAll({ fromMs: fromMs as Ms, toMs: toMs as Ms, limit })).map(({ market }) => market)
      expect(await read(at, at + 1)).toEqual([one.market, other.market].sort())
      expect(await read(at, at + 11 * one.intervalMs)).toHaveLength(3)
      expect(await read(at, at + 11 * one.intervalMs, 1)).toEqual([one.market])
      expect(await read(at + 1, at + one.intervalMs)).toEqual([])
    })
  })

  test('profiles are kept by id', async () => {
    const [store, id] = [storeOf(), newProfile()]
    const profile = { id, markets: ['*'], groups: ['x'], episodesPerWeek: 0.1 + 0.2, leastSizePercent: 1 / 3 }
    await store.saveProfile({ ...profile, markets: [] }, 1 as Ms)
    await store.saveProfile(profile, 2 as Ms)
    expect((await store.profiles()).filter(one => one.id === id)).toEqual([profile])
  })

  describe('what was told', () => {
    test('is listed by profile and time, the newest up to a limit, without parts of others', async () => {
      const [store, stream, profile] = [storeOf(), newStream(), newProfile()]
      const incidents = [
        incident(1, 10, { toldAt: 15 as Ms, because: 'rare' }),
        incident(2, 20),
        incident(3, 30, { partOf: 2 }),
        incident(4, 40),
      ]
      await write(stream, 1, [
        ...incidents.map(one => ({ profile, incident: one })),
        { profile: newProfile(), incident: incident(1, 10) },
      ])
      const ns = async (change: object = {}) => {
        const range = { profile, fromMs: null, toMs: null, toldOnly: false, limit: 9, ...change }
        return (await store.told(range)).map(({ n }) => n)
      }
      expect(await ns()).toEqual([1, 2, 4])
      expect(await ns({ limit: 2 })).toEqual([2, 4])
      expect(await ns({ toldOnly: true })).toEqual([1])
      expect(await ns({ fromMs: 20, toMs: 40 })).toEqual([2])
      const later = incident(2, 20, { toldAt: 99 as Ms, perWeek: 1e-9 })
      await write(stream, 2, [{ profile, incident: later }])
      expect(await store.told({ profile, fromMs: 20 as Ms, toMs: 30 as Ms, toldOnly: true, limit: 9 })).toEqual([later])
    })

    test('is decided in turns, each with what those before it wrote', async () => {
      const [store, stream, profile] = [storeOf(), newStream(), newProfile()]
      const seen: number[] = []
      const turn = (n: number) =>
        store.toldTurn(async ({ version, records }) => {
          const known = (await records(99)).filter(one => one.profile === profile)
          seen.push(known.length)
          expect(version).toBeGreaterThanOrEqual(n)
          return { stream, seq: n, records: [{ profile, incident: incident(known.length + 1, n) }] }
        })
      const versions = await Promise.all([turn(0), turn(0), turn(0)])
      expect(seen).toEqual([0, 1, 2])
      expect(new Set(versions).size).toBe(3)
      const version = Math.max(...versions)
      expect(await store.toldTurn(async () => null)).toBe(version)
      await store.toldTurn(async ({ records }) => {
        const newest = (await records(2)).filter(one => one.profile === profile)
        expect(newest.map(one => one.incident.n)).toEqual([2, 3])
        return null
      })
    })

    test('a turn that fails writes nothing', async () => {
      const [store, stream] = [storeOf(), newStream()]
      await store.commit(stream, [withEpisode(stream, 0)], null)
      await expect(store.toldTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      expect(await store.untold()).toContainEqual(stream)
    })

    test('the changes of episodes of a stream are read once, in order of commit', async () => {
      const [store, stream] = [storeOf(), newStream()]
      await store.commit(stream, [stepOf(stream, 0), withEpisode(stream, 1), stepOf(stream, 2)], null)
      await store.commit(stream, [withEpisode(stream, 3)], null)
      const hours: number[][] = []
      const read = (limit: number) =>
        store.toldTurn(async ({ news }: ToldTurn): Promise<ToldWork | null> => {
          const found = await news(stream, limit)
          hours.push(found.map(({ verdict }) => new Date(verdict.date).getUTCHours()))
          expect(found.every(({ episodes }) => episodes.length === 1)).toBe(true)
          const last = found.at(-1)
          return last ? { stream, seq: last.seq, records: [] } : null
        })
      expect(await store.untold()).toContainEqual(stream)
      for (const limit of [1, 9, 9]) await read(limit)
      expect(hours).toEqual([[1], [3], []])
      expect(await store.untold()).not.toContainEqual(stream)
    })
  })
}
