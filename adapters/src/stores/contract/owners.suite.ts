import { hourMs, type Stream } from '@candlewatch/core/time'
import type { Ms, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

const longMs = 60_000

/** Tests of ownership that every store passes. */
export function ownerContract(
  storeOf: () => Store,
  newStream: () => Stream,
  stepAt: (stream: Stream, n: number) => Step,
): void {
  const register = (address: string | null = null, validMs = longMs) =>
    storeOf().register({ address, key: 'k' }, validMs)
  const lapse = async (epoch: number) => void (await storeOf().renew({ epoch, address: null }, 0))

  describe('a process', () => {
    test('gets a larger epoch at each registration and is listed with its address while it is valid', async () => {
      const store = storeOf()
      const first = await register()
      const second = await store.register({ address: 'http://b:3000', key: 'secret' }, longMs)
      expect(second).toBeGreaterThan(first)
      const listed = await store.renew({ epoch: first, address: 'http://a:3000' }, longMs)
      expect(listed).toContainEqual({ epoch: first, address: 'http://a:3000', key: 'k' })
      expect(listed).toContainEqual({ epoch: second, address: 'http://b:3000', key: 'secret' })
      await store.leave(second)
      const left = await store.renew({ epoch: first, address: null }, longMs)
      expect(left?.map(({ epoch }) => epoch)).toEqual(expect.not.arrayContaining([second]))
    })

    test('that was not valid for a moment cannot be renewed and is listed no more', async () => {
      const [first, other] = [await register(), await register()]
      await lapse(first)
      expect(await storeOf().renew({ epoch: first, address: null }, longMs)).toBeNull()
      const listed = await storeOf().renew({ epoch: other, address: null }, longMs)
      expect(listed?.map(({ epoch }) => epoch)).toEqual(expect.not.arrayContaining([first]))
    })
  })

  describe('a stream', () => {
    test('belongs to the process that claims it first, until that leaves or is no longer valid', async () => {
      const store = storeOf()
      const stream = newStream()
      const [a, b, c] = [await register(), await register(), await register()]
      expect(await store.claim(stream, a)).toBe(a)
      expect(await store.claim(stream, b)).toBe(a)
      expect(await store.claim(stream, a)).toBe(a)
      await store.leave(a)
      expect(await store.claim(stream, b)).toBe(b)
      await lapse(b)
      expect(await store.claim(stream, c)).toBe(c)
    })

    test('cannot be claimed by a process that is not valid', async () => {
      const stream = newStream()
      const epoch = await register()
      await lapse(epoch)
      expect(await storeOf().claim(stream, epoch)).toBeNull()
      const other = await register()
      expect(await storeOf().claim(stream, other)).toBe(other)
    })

    test('has one owner if many claim it at once', async () => {
      const stream = newStream()
      const epochs = await Promise.all(Array.from({ length: 8 }, () => register()))
      const owners = await Promise.all(epochs.map(epoch => storeOf().claim(stream, epoch)))
      expect(new Set(owners).size).toBe(1)
    })

    test('is written by its owner only: every write of another is refused and changes nothing', async () => {
      const store = storeOf()
      const stream = newStream()
      const [a, b] = [await register(), await register()]
      const [first, second] = [stepAt(stream, 0), stepAt(stream, 1)]
      const snapshot = { ...stream, model: 'v1', ts: first.bar.ts, state: Uint8Array.of(1) }
      const known = { ...stream, model: 'v1', ts: first.bar.ts, scores: Uint8Array.of(1) }
      const beginning = { ...stream, model: 'v1', ts: 0 as Ms, engine: 1, learned: 0, state: null }
      await store.claim(stream, a)
      expect(await store.writesOf(a).commit(stream, [first], snapshot)).toHaveLength(1)

      const late = store.writesOf(b)
      const moved = { code: 'ERR_STREAM_MOVED' }
      await expect(late.commit(stream, [second], null)).rejects.toMatchObject(moved)
      await expect(late.saveSnapshot({ ...snapshot, ts: second.bar.ts })).rejects.toMatchObject(moved)
      await expect(late.saveKnownScores(known)).rejects.toMatchObject(moved)
      await expect(late.saveBeginning(beginning)).rejects.toMatchObject(moved)
      const work = {
        kind: 'changed' as const,
        bars: [first.bar] as const,
        reason: 'r',
        at: 1 as Ms,
        steps: [first],
        episodeBefore: null,
        snapshot,
        beginning,
        yearStarts: [],
        known,
      }
      await expect(late.correct(stream, work)).rejects.toMatchObject(moved)

      const range = { ...stream, fromMs: null, toMs: null, limit: 10 }
      expect(await store.verdicts(range)).toHaveLength(1)
      expect(await store.snapshot(stream, 'v1')).toEqual(snapshot)
      expect(await store.knownScores(stream, (second.bar.ts + hourMs) as Ms, 10)).toEqual([])
      expect(await store.beginnings(stream)).toEqual([])
      expect(await store.corrections(range)).toEqual([])

      await store.leave(a)
      await store.claim(stream, b)
      expect(await late.commit(stream, [second], null)).toHaveLength(1)
      await expect(store.writesOf(a).commit(stream, [stepAt(stream, 2)], null)).rejects.toMatchObject(moved)
    })

    test('is still written by an owner that is no longer valid, as long as nobody has taken it over', async () => {
      const stream = newStream()
      const epoch = await register()
      await storeOf().claim(stream, epoch)
      await lapse(epoch)
      expect(
        await storeOf()
          .writesOf(epoch)
          .commit(stream, [stepAt(stream, 0)], null),
      ).toHaveLength(1)
    })

    test('that is changed past its judge has no owner any more: the next one reads what was changed', async () => {
      const store = storeOf()
      const stream = newStream()
      const epoch = await register()
      const { commit } = store.writesOf(epoch)
      const changes = [() => store.appendWarmUp(stream, [stepAt(stream, 0).bar]), () => store.forget(stream)]
      for (const [i, change] of changes.entries()) {
        await store.claim(stream, epoch)
        await commit(stream, [stepAt(stream, 10 + i)], null)
        await change()
        await expect(commit(stream, [stepAt(stream, 20)], null)).rejects.toMatchObject({ code: 'ERR_STREAM_MOVED' })
      }
      expect(await store.claim(stream, epoch)).toBe(epoch)
    })
  })
}
