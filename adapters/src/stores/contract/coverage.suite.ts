import { dayMs, hourMs, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

const firstOpen = Date.UTC(2021, 0, 1)

/** Tests of coverage that every store passes. `stepOf` makes the bar of the n-th hour of 2021 and its verdict. */
export function coverageContract(
  store: () => Store,
  newStream: (intervalMs?: number) => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  const barOf = (stream: Stream, n: number) => stepOf(stream, n).bar
  const barsOf = (stream: Stream, ...hours: number[]) => hours.map(n => barOf(stream, n))
  const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
  const at = (n: number) => (firstOpen + n * hourMs) as Ms
  const gap = (from: number, to: number) => ({ fromMs: at(from), toMs: at(to), missing: to - from })
  const query = (stream: Stream) => ({ ...stream, points: 500, maxGaps: 100 })
  const toHistory = (stream: Stream, bars: readonly Bar[]) => store().appendHistory({ ...stream, name: 'a file', bars })

  describe('coverage', () => {
    test('of an unknown stream is empty', async () => {
      const stream = newStream()
      expect(await store().coverage(query(stream))).toEqual({
        bars: 0,
        firstOpenMs: null,
        lastOpenMs: null,
        missing: 0,
        gaps: [],
        moreGaps: false,
        imported: null,
        widthMs: stream.intervalMs,
        stretches: [],
      })
    })

    test('counts missing bars, within days and between them, and lists the newest gaps first', async () => {
      const stream = newStream()
      // Two hours of the second dayMs, all of the fourth, and the hours around midnight before the sixth.
      const there = hours(0, 150).filter(n => !(n === 30 || n === 31 || (n >= 72 && n < 96) || (n >= 119 && n < 122)))
      await store().appendWarmUp(stream, barsOf(stream, ...there))
      const found = await store().coverage(query(stream))
      expect(found).toMatchObject({ bars: 150 - 29, firstOpenMs: at(0), lastOpenMs: at(149), missing: 29 })
      expect(found.gaps).toEqual([gap(119, 122), gap(72, 96), gap(30, 32)])
      expect(found.moreGaps).toBe(false)
      const newest = await store().coverage({ ...query(stream), maxGaps: 2 })
      expect(newest.gaps).toEqual([gap(119, 122), gap(72, 96)])
      expect(newest.moreGaps).toBe(true)
      expect(await store().coverage({ ...query(stream), maxGaps: 0 })).toMatchObject({ gaps: [], moreGaps: true })
    })

    test('of more days than are examined at a time lists every gap once, in order', async () => {
      const stream = newStream()
      const there = hours(0, 80 * 24).filter(n => n % 24 !== 7)
      await store().appendWarmUp(stream, barsOf(stream, ...there))
      const found = await store().coverage(query(stream))
      expect(found.missing).toBe(80)
      expect(found.gaps).toEqual(hours(0, 80).map(n => gap((79 - n) * 24 + 7, (79 - n) * 24 + 8)))
    })

    test('shows rows that were imported and never judged separately, before, between and after the bars', async () => {
      const stream = newStream()
      await store().appendWarmUp(stream, barsOf(stream, ...hours(24, 36), ...hours(40, 48)))
      await toHistory(stream, barsOf(stream, ...hours(20, 50)))
      const found = await store().coverage({ ...query(stream), points: 3 })
      expect(found).toMatchObject({ bars: 20, missing: 4, widthMs: dayMs })
      expect(found.imported).toEqual({ rows: 10, firstOpenMs: at(20), lastOpenMs: at(49) })
      const none = { anomalies: 0, faults: 0 }
      expect(found.stretches).toEqual([
        { openMs: at(0), bars: 0, imported: 4, ...none },
        { openMs: at(24), bars: 20, imported: 4, ...none },
        { openMs: at(48), bars: 0, imported: 2, ...none },
      ])
    })

    test('exists for a stream that has imported rows only', async () => {
      const stream = newStream()
      await toHistory(stream, barsOf(stream, 0, 1, 2))
      const found = await store().coverage(query(stream))
      expect(found).toMatchObject({ bars: 0, firstOpenMs: null, missing: 0, gaps: [], widthMs: hourMs })
      expect(found.imported).toEqual({ rows: 3, firstOpenMs: at(0), lastOpenMs: at(2) })
      expect(await store().historyStreams()).toContainEqual(stream)
      expect((await store().streams()).filter(({ market }) => market === stream.market)).toEqual([])
    })

    test('counts alarms and faults of each part', async () => {
      const stream = newStream()
      const steps = hours(0, 48).map(n => stepOf(stream, n))
      const told = steps.map((step, n) => {
        const { verdict } = step
        if (n === 3) return { ...step, verdict: { ...verdict, status: 'anomaly' as const, isAnomaly: true } }
        return n === 30 ? { ...step, verdict: { ...verdict, status: 'feed-fault' as const } } : step
      })
      await store().commit(stream, told, null)
      const { stretches } = await store().coverage({ ...query(stream), points: 2 })
      expect(stretches.map(({ bars, anomalies, faults }) => [bars, anomalies, faults])).toEqual([
        [24, 1, 0],
        [24, 0, 1],
      ])
    })

    test('of weekly bars has no gaps on the days between', async () => {
      const stream = newStream(7 * dayMs)
      const weekly = [0, 1, 3].map((n): Bar => {
        const ts = (Date.UTC(2021, 0, 7) + n * 7 * dayMs) as Ms
        return { ...barOf(stream, 0), market: stream.market, ts, seen: ts }
      })
      await store().appendWarmUp(stream, weekly)
      const found = await store().coverage(query(stream))
      expect(found).toMatchObject({ bars: 3, missing: 1, widthMs: 7 * dayMs })
      expect(found.gaps).toEqual([{ fromMs: Date.UTC(2021, 0, 14), toMs: Date.UTC(2021, 0, 21), missing: 1 }])
    })
  })

  describe('the stored row', () => {
    test('of a close is its corrected bar, or else its row of history', async () => {
      const stream = newStream()
      const [first, second, third] = barsOf(stream, 0, 1, 2) as [Bar, Bar, Bar]
      const imported = [
        { ...first, close: first.close + 0.25 },
        { ...third, volume: 9 },
      ]
      await store().appendWarmUp(stream, [first, second])
      await toHistory(stream, imported)
      const found = await store().stored(stream, [first.ts, second.ts, third.ts, (third.ts + hourMs) as Ms])
      expect(new Map(found)).toEqual(
        new Map([
          [first.ts, { bar: first, observed: true }],
          [second.ts, { bar: second, observed: true }],
          [third.ts, { bar: imported[1], observed: false }],
        ]),
      )
    })
  })
}
