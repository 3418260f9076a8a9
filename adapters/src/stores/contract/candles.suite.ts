import { isoDate, readInterval } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import { closeOf, dayMs, hourMs, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Step } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import { bucketOf } from '../candles.ts'
import type { Store } from '../store.ts'

const from = Date.UTC(2021, 11, 30)

/** Makes five days of minutes across a new year, one in ten missing, with numbers that no two bars share. */
function minutes({ market, intervalMs }: Stream): Bar[] {
  const wave = (i: number) => 100 + 10 * Math.sin(i / 97) + ((i * 7_919) % 1_000) / 1_000
  return Array.from({ length: 5 * 1_440 }, (_, i): Bar => {
    const ts = (from + (i + 1) * intervalMs) as Ms
    const [open, close] = [wave(i), wave(i + 1)]
    const [high, low] = [Math.max(open, close) + 0.1, Math.min(open, close) - 0.1]
    return { market, ts, seen: ts, open, high, low, close, volume: 1 + (i % 5) }
  }).filter((_, i) => i % 10 !== 3)
}

/** Computes one candle from its bars, as a reader would expect it. */
function byHand(bars: readonly Bar[]) {
  return {
    open: bars[0]!.open,
    high: Math.max(...bars.map(bar => bar.high)),
    low: Math.min(...bars.map(bar => bar.low)),
    close: bars.at(-1)!.close,
    volume: bars.reduce((sum, bar) => sum + bar.volume, 0),
    bars: bars.length,
  }
}

/** Tests of candles that every store passes. `stepOf` makes the bar of the n-th hour and its verdict. */
export function candleContract(
  store: () => Store,
  newStream: (intervalMs?: number) => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  describe('candles', () => {
    test.each([
      [10_000, 60_000],
      [2_000, 5 * 60_000],
      [400, 30 * 60_000],
      [120, hourMs],
      [119, 2 * hourMs],
      [10, 12 * hourMs],
      [5, dayMs],
      [1, 7 * dayMs],
    ])('at most %i of them are %i ms wide, each made of all its bars', async (points, widthMs) => {
      const stream = newStream(60_000)
      const bars = minutes(stream)
      // In the order in which they come: a page, then single bars, then a page that overlaps them.
      for (const [first, end] of [
        [0, 3_000],
        [3_000, 3_001],
        [3_001, 3_002],
        [2_900, bars.length],
      ] as const) {
        await store().appendWarmUp(stream, bars.slice(first, end))
      }
      const found = await store().candles({ ...stream, fromMs: null, toMs: null, points })
      expect(found.widthMs).toBe(widthMs)
      expect(found.candles.length).toBeLessThanOrEqual(points)
      const openAt = (bar: Bar) => bucketOf(bar.ts - stream.intervalMs, widthMs as Ms)
      expect(found.candles).toEqual(
        [...new Set(bars.map(openAt))].map(openMs => {
          const within = bars.filter(bar => openAt(bar) === openMs)
          return { openMs, ...byHand(within), anomalies: 0, faults: 0 }
        }),
      )
    })

    test.each([
      ['7d', ['2021-01-04', '2021-01-11', '2021-01-18']],
      ['1M', ['2021-01-01', '2021-02-01', '2021-03-01', '2021-04-01']],
    ] as const)('each bar of %s is one of them, with its own open', async (interval, opens) => {
      const stream = newStream(readInterval(interval))
      const bars = opens.map((open, i) => ({
        ...nth(minutes(stream), i),
        ts: closeOf(Date.parse(open), stream.intervalMs),
      }))
      await store().appendWarmUp(stream, bars)
      const { widthMs, candles } = await store().candles({ ...stream, fromMs: null, toMs: null, points: 100 })
      expect(widthMs).toBe(stream.intervalMs)
      expect(candles.map(({ openMs, bars }) => [isoDate(openMs).slice(0, 10), bars])).toEqual(
        opens.map(open => [open, 1]),
      )
    })

    test('of a range are all that it touches, complete', async () => {
      const stream = newStream(60_000)
      const bars = minutes(stream)
      await store().appendWarmUp(stream, bars)
      const range = { fromMs: (from + 90 * 60_000) as Ms, toMs: (from + 60 * hourMs + 1) as Ms }
      const found = await store().candles({ ...stream, ...range, points: 60 })
      expect(found.widthMs).toBe(hourMs)
      expect(found.candles).toHaveLength(60)
      expect(found.candles[0]).toMatchObject({ openMs: from + hourMs, bars: 54 })
      expect(found.candles.at(-1)).toMatchObject({ openMs: from + 60 * hourMs, bars: 54 })
    })

    test('count the alarms and faults among their bars', async () => {
      const stream = newStream()
      const steps = Array.from({ length: 48 }, (_, n) => {
        const step = stepOf(stream, n)
        const { verdict } = step
        if (n % 10 === 5) return { ...step, verdict: { ...verdict, status: 'anomaly' as const, isAnomaly: true } }
        return n === 30 ? { ...step, verdict: { ...verdict, status: 'feed-fault' as const } } : step
      })
      await store().commit(stream, steps, null)
      const { candles } = await store().candles({ ...stream, fromMs: null, toMs: null, points: 2 })
      expect(candles.map(({ bars, anomalies, faults }) => [bars, anomalies, faults])).toEqual([
        [24, 2, 0],
        [24, 3, 1],
      ])
    })

    test('are made of corrected bars, and count valid verdicts', async () => {
      const stream = newStream()
      const steps = Array.from({ length: 24 }, (_, n) => stepOf(stream, n))
      const wrong = steps[23]!
      const alarm = { ...wrong, verdict: { ...wrong.verdict, status: 'anomaly' as const, isAnomaly: true } }
      await store().commit(stream, [...steps.slice(0, 23), alarm], null)
      const bar = { ...wrong.bar, high: 5_000, close: 4_000 }
      const after = { ...stream, model: 'a@1', ts: steps[22]!.bar.ts }
      await store().correct(stream, {
        kind: 'changed',
        bars: [bar],
        reason: '',
        at: bar.seen,
        steps: [{ ...wrong, bar }],
        episodeBefore: null,
        snapshot: { ...after, ts: bar.ts, state: Uint8Array.of(1) },
        beginning: { ...after, engine: 1, learned: null, state: null },
        yearStarts: [],
        known: { ...after, scores: new Uint8Array() },
      })
      const { candles } = await store().candles({ ...stream, fromMs: null, toMs: null, points: 1 })
      expect(candles).toMatchObject([{ high: 5_000, close: 4_000, bars: 24, anomalies: 0 }])
    })

    test('do not exist for a stream or a range without bars', async () => {
      const stream = newStream()
      const none = { widthMs: stream.intervalMs, candles: [] }
      expect(await store().candles({ ...stream, fromMs: null, toMs: null, points: 9 })).toEqual(none)
      await store().appendWarmUp(stream, minutes({ ...stream, intervalMs: 60_000 as Ms }).slice(0, 9))
      const later = { fromMs: (from + 9 * dayMs) as Ms, toMs: null }
      expect(await store().candles({ ...stream, ...later, points: 9 })).toEqual(none)
    })
  })
}
