import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { BudgetRecord, KnownScores } from '../budgets.ts'
import type { Store } from '../store.ts'

/** Tests of budgets that every store passes. */
export function budgetContract(storeOf: () => Store, newStream: () => Stream): void {
  describe('budgets', () => {
    test('are read with every digit, newest first, up to the limit', async () => {
      const of = (alarmsPerWeek: number, note = ''): BudgetRecord => ({
        alarmsPerWeek,
        feedShare: 0.1 + 0.2,
        at: 1_600_000_000_123 as Ms,
        note,
      })
      const given = [of(1), of(0.1 + 0.2, "Tesla's “news”; drop table budgets"), of(1)]
      for (const budget of given) await storeOf().addBudget(budget)
      expect(await storeOf().budgets(3)).toEqual(given.reverse())
      expect(await storeOf().budgets(1)).toEqual(given.slice(0, 1))
    })
  })

  describe('known scores', () => {
    const knownAt = (stream: Stream, ts: number, model = 'a@1', score = ts): KnownScores => ({
      ...stream,
      model,
      ts: ts as Ms,
      scores: Uint8Array.of(score, 0, 255),
    })

    test('are read by stream, before a close, oldest first, up to a limit of the newest; the first score of a close is kept', async () => {
      const stream = newStream()
      const given = [knownAt(stream, 7), knownAt(stream, 0), knownAt(stream, 5, 'b@1')]
      for (const known of given) await storeOf().saveKnownScores(known)
      await storeOf().saveKnownScores(knownAt(stream, 7, 'a@1', 99))
      const found = async (toMs: number, limit = 10) =>
        (await storeOf().knownScores(stream, toMs as Ms, limit)).map(({ ts, model }) => [ts, model])
      expect(await storeOf().knownScores(stream, 8 as Ms, 10)).toEqual([given[1], given[2], given[0]])
      expect(await found(7)).toEqual([
        [0, 'a@1'],
        [5, 'b@1'],
      ])
      expect(await found(8, 1)).toEqual([[7, 'a@1']])
      expect(await storeOf().knownScores(newStream(), 8 as Ms, 10)).toEqual([])
    })

    test('are forgotten with their stream', async () => {
      const [gone, kept] = [newStream(), newStream()]
      for (const stream of [gone, kept]) await storeOf().saveKnownScores(knownAt(stream, 1))
      await storeOf().forget(gone)
      expect(await storeOf().knownScores(gone, 8 as Ms, 10)).toEqual([])
      expect(await storeOf().knownScores(kept, 8 as Ms, 10)).toHaveLength(1)
    })
  })
}
