import type { Ms } from '@candlewatch/core/types'
import { expect, it } from 'vitest'
import { longerBars } from './longer-bars.ts'
import { madeUp } from './series.suite.ts'

const fourHoursMs = 14_400_000 as Ms

it('four hours make one bar, aligned to UTC: first open, highest high, lowest low, last close, all volume', () => {
  const series = madeUp(24)
  const { bars, intervalMs } = longerBars(series, fourHoursMs)
  expect(intervalMs).toBe(fourHoursMs)
  expect(bars).toHaveLength(6)
  const [first] = bars
  const its = series.bars.slice(0, 4)
  expect(first).toMatchObject({
    ts: its[3]?.ts,
    open: its[0]?.open,
    high: Math.max(...its.map(bar => bar.high)),
    low: Math.min(...its.map(bar => bar.low)),
    close: its[3]?.close,
  })
  expect(first?.volume).toBeCloseTo(
    its.reduce((sum, bar) => sum + bar.volume, 0),
    9,
  )
})

it('a bar of which a part is missing is left out', () => {
  const series = madeUp(24)
  const gapped = { ...series, bars: series.bars.filter((_, i) => i !== 5) }
  expect(longerBars(gapped, fourHoursMs).bars.map(bar => bar.ts)).toEqual(
    longerBars(series, fourHoursMs)
      .bars.map(bar => bar.ts)
      .filter((_, i) => i !== 1),
  )
})
