import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import { type StreamSettingsRecord, usualSettings } from '../settings.ts'
import type { Store } from '../store.ts'

/** Tests of the settings of streams that every store passes. */
export function settingsContract(storeOf: () => Store, newStream: () => Stream): void {
  describe('settings of streams', () => {
    const settingsAt = (stream: Stream, at: number, change: Partial<StreamSettingsRecord['settings']> = {}) => ({
      ...stream,
      settings: { ...usualSettings, ...change },
      at: at as Ms,
      note: `Tesla's “news” ${at}`,
    })

    test('are read by stream with every digit, newest first, up to a limit', async () => {
      const [one, other] = [newStream(), newStream()]
      const given = [
        settingsAt(one, 1_600_000_000_123, { alarmsPerWeek: 0.1 + 0.2, marketLane: false }),
        settingsAt(one, 1_600_000_000_124, { leastSizePercent: 1 / 3, feedLane: false }),
        settingsAt(other, 5),
      ]
      for (const record of given) await storeOf().addSettings(record)
      expect(await storeOf().settingsOf(one, 9)).toEqual([given[1], given[0]])
      expect(await storeOf().settingsOf(one, 1)).toEqual([given[1]])
      expect(await storeOf().settingsOf(newStream(), 9)).toEqual([])
      const all = await storeOf().allSettings()
      expect(all).toEqual(expect.arrayContaining([given[1], given[2]]))
      expect(all).not.toContainEqual(given[0])
    })

    test('stay when a stream starts over, and go with a stream that is deleted', async () => {
      const [kept, gone] = [newStream(), newStream()]
      for (const stream of [kept, gone]) await storeOf().addSettings(settingsAt(stream, 1))
      await storeOf().forget(kept)
      await storeOf().deleteStream(gone)
      expect(await storeOf().settingsOf(kept, 9)).toHaveLength(1)
      expect(await storeOf().settingsOf(gone, 9)).toEqual([])
    })
  })
}
