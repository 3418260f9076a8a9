import type { Stream } from '@candlewatch/core/time'
import type { Ms, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

/** Tests of the list of streams that every store passes. `stepOf` makes the bar of the n-th hour of the stream and its verdict. */
export function marketContract(
  storeOf: () => Store,
  newStream: () => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  const everything = { fromMs: null, toMs: null, limit: 100 }
  const many = 1_000_000

  describe('streams in use', () => {
    test('are admitted up to a limit; those that are known stay', async () => {
      const [store, known, other] = [storeOf(), newStream(), newStream()]
      expect(await store.admit(known, many)).toBe('admitted')
      expect(await store.admit(known, 0)).toBe('admitted')
      expect(await store.admit(other, 0)).toBe('full')
      expect(await Promise.all([store.admit(other, many), store.admit(other, many)])).toEqual(['admitted', 'admitted'])
    })

    test('can be archived and taken into use again', async () => {
      const [store, stream, warm] = [storeOf(), newStream(), newStream()]
      expect(await store.archive(stream, 7 as Ms)).toBe(false)
      await store.admit(stream, many)
      await store.appendWarmUp(warm, [stepOf(warm, 0).bar])
      expect(await store.archive(stream, 7 as Ms)).toBe(true)
      expect(await store.archive(warm, 7 as Ms)).toBe(true)
      expect(await store.archived()).toEqual(expect.arrayContaining([stream, warm]))
      expect(await store.admit(stream, many)).toBe('archived')
      expect(await store.archive(stream, null)).toBe(true)
      expect(await store.admit(stream, many)).toBe('admitted')
      expect(await store.archived()).not.toContainEqual(stream)
    })

    test('are refused to their judge once they are archived', async () => {
      const [store, stream] = [storeOf(), newStream()]
      const epoch = await store.register({ address: null, key: 'k' }, 60_000)
      await store.admit(stream, many)
      expect(await store.claim(stream, epoch)).toBe(epoch)
      await store.archive(stream, 7 as Ms)
      await expect(store.writesOf(epoch).commit(stream, [stepOf(stream, 0)], null)).rejects.toMatchObject({
        code: 'ERR_STREAM_MOVED',
      })
      expect(await store.bars({ ...stream, ...everything })).toEqual([])
    })

    test('can be deleted with everything about them, and be new again', async () => {
      const [store, gone, kept] = [storeOf(), newStream(), newStream()]
      for (const stream of [gone, kept]) {
        const steps = Array.from({ length: 5 }, (_, hour) => stepOf(stream, hour))
        await store.admit(stream, many)
        await store.commit(stream, steps, null)
        await store.appendHistory({ ...stream, name: 'file', bars: steps.map(({ bar }) => bar) })
        await store.saveKnownScores({ ...stream, model: 'a@1', ts: 0 as Ms, scores: Uint8Array.of(5) })
      }
      await store.deleteStream(gone)
      expect(await store.bars({ ...gone, ...everything })).toEqual([])
      expect(await store.verdicts({ ...gone, ...everything })).toEqual([])
      expect(await store.coverage({ ...gone, points: 9, maxGaps: 9 })).toMatchObject({ bars: 0, imported: null })
      expect(await store.knownScores(gone, 4e12 as Ms, 9)).toEqual([])
      expect((await store.streams()).map(({ market }) => market)).not.toContain(gone.market)
      expect(await store.archived()).not.toContainEqual(gone)
      expect(await store.verdicts({ ...kept, ...everything })).toHaveLength(5)
      expect((await store.knownScores(kept, 4e12 as Ms, 9)).map(({ scores }) => scores)).toEqual([Uint8Array.of(5)])
      expect(await store.admit(gone, many)).toBe('admitted')
      await store.deleteStream(gone)
    })
  })
}
