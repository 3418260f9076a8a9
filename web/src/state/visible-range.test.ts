import type { Ms } from '@candlewatch/api/units'
import { expect, test } from 'vitest'
import type { Coarse } from './coarse.ts'
import { at, barRow, hourMs, marketRow, verdict } from './example.suite.ts'
import type { Older } from './older.ts'
import { candlesOf, type PageEvent, reduce } from './reduce.ts'
import { emptySeries, extendSeries } from './series.ts'
import { initialState } from './state.ts'
import { missingOf, visibleOf } from './visible-range.ts'

/** A market of 100,000 hours, of which the last hundred are in memory: from hour 0 on. */
const market = { ...marketRow, first: barRow(-99_900).date }
const rows = Array.from({ length: 100 }, (_, hour) => verdict(hour))
const state = (...events: PageEvent[]) =>
  [
    { kind: 'market', markets: [market], market } as const,
    { kind: 'rows', bars: [], verdicts: rows } as const,
    ...events,
  ].reduce(reduce, initialState)
const moved = (from: number, to: number): PageEvent => ({ kind: 'moved', range: [at(from), at(to)] })

/** Returns the bars of the hours from `from` to `to`; the first of them alarmed. */
function older(from: number, to: number): Older {
  const bars = Array.from({ length: to - from }, (_, hour) => barRow(from + hour))
  const alarm = verdict(from, { status: 'anomaly' })
  return { range: [at(from), at(to)], series: extendSeries(emptySeries, candlesOf(bars, [alarm])) }
}

/** A hundred hours to a candle. */
function coarse(from: number, to: number): Coarse {
  const candles = Array.from({ length: (to - from) / 100 }, (_, index) => ({
    ...barRow(from + index * 100),
    at: at(from + index * 100),
    verdict: null,
  }))
  return { range: [at(from), at(to)], widthMs: (100 * hourMs) as Ms, candles }
}

test('nothing is missing for bars in memory, whatever else was fetched', () => {
  const here = state(moved(10, 60), { kind: 'older', older: older(-40, -10) })
  expect(missingOf(here)).toBeNull()
  expect(visibleOf(here).series).toBe(here.series)
})

test('bars of a range that is not in memory are missing until they are fetched, with their verdicts', () => {
  const there = state(moved(-60, -20))
  expect(missingOf(there)).toBe('bars')
  const served = reduce(there, { kind: 'older', older: older(-80, 0) })
  expect(missingOf(served)).toBeNull()
  expect(visibleOf(served).series.candles[0]?.at).toBe(at(-80))
  expect(visibleOf(served).series.alarms.map(alarm => alarm.at)).toEqual([at(-80)])
})

test('a range across the edge of memory has fetched bars before it and those in memory after it, each once', () => {
  const edge = state(moved(-20, 20), { kind: 'older', older: older(-40, 10) })
  expect(missingOf(edge)).toBeNull()
  expect(visibleOf(edge).series.candles.map(candle => candle.at)).toEqual(
    Array.from({ length: 140 }, (_, hour) => at(hour - 40)),
  )
})

test('bars are missing when fetched bars end before memory begins', () => {
  expect(missingOf(state(moved(-20, 20), { kind: 'older', older: older(-40, -5) }))).toBe('bars')
})

test('candles of a range of thousands of bars are missing until they are fetched', () => {
  const wide = state(moved(-9_000, -1_000))
  expect(missingOf(wide)).toBe('candles')
  const served = reduce(wide, { kind: 'coarse', coarse: coarse(-10_000, 0) })
  expect(missingOf(served)).toBeNull()
  expect(visibleOf(served).coarse?.widthMs).toBe(100 * hourMs)
})

test('candles are shown while bars are being fetched, unless one candle would fill the chart', () => {
  const there = state(moved(-2_900, -900), { kind: 'coarse', coarse: coarse(-99_900, 100) })
  expect(missingOf(there)).toBe('bars')
  expect(visibleOf(there).coarse).not.toBeNull()
  expect(visibleOf(reduce(there, moved(-1_000, -900))).coarse).toBeNull()
})

test('without bars nothing is visible, and nothing is missing', () => {
  expect(missingOf(initialState)).toBeNull()
  expect(visibleOf(initialState).series.candles).toEqual([])
})
