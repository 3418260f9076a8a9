import { known, nth } from '@candlewatch/core/nth'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { bucketOf, widthFor } from '../candles.ts'
import { type Coverage, type CoverageQuery, gapBetween, type Stretch } from '../history.ts'
import { candlesBetween } from './candles.ts'

/** The coverage of one stream; bars and imported rows are oldest first. */
export function coverageOf(
  query: CoverageQuery,
  bars: readonly Bar[],
  history: readonly Bar[],
  verdicts: readonly Verdict[],
): Coverage {
  const { intervalMs, points, maxGaps } = query
  const opensAt = (bar: Bar) => openOf(bar, intervalMs)
  const observed = new Set(bars.map(bar => bar.ts))
  const alone = history.filter(row => !observed.has(row.ts)).map(opensAt)
  const opens = [...bars.map(opensAt), ...history.map(opensAt)].sort((a, b) => a - b)
  const [first, last] = [opens[0], opens.at(-1)]
  const widthMs = first === undefined || last === undefined ? intervalMs : widthFor(intervalMs, first, last, points)
  const gaps = bars.flatMap((bar, i) => {
    const gap = i === 0 ? null : gapBetween(opensAt(nth(bars, i - 1)), opensAt(bar), intervalMs)
    return gap ? [gap] : []
  })
  return {
    bars: bars.length,
    firstOpenMs: bars[0] ? opensAt(bars[0]) : null,
    lastOpenMs: bars.length > 0 ? opensAt(known(bars.at(-1))) : null,
    missing: gaps.reduce((sum, { missing }) => sum + missing, 0),
    gaps: gaps.reverse().slice(0, maxGaps),
    moreGaps: gaps.length > maxGaps,
    imported:
      alone.length > 0 ? { rows: alone.length, firstOpenMs: nth(alone, 0), lastOpenMs: known(alone.at(-1)) } : null,
    widthMs,
    stretches: stretchesOf(candlesBetween(bars, verdicts, intervalMs, widthMs), alone, widthMs),
  }
}

function stretchesOf(bars: readonly Omit<Stretch, 'imported'>[], alone: readonly Ms[], widthMs: Ms): Stretch[] {
  const stretches = new Map<Ms, Stretch>()
  for (const { openMs, bars: count, anomalies, faults } of bars) {
    stretches.set(openMs, { openMs, bars: count, imported: 0, anomalies, faults })
  }
  for (const open of alone) {
    const openMs = bucketOf(open, widthMs)
    const before = stretches.get(openMs) ?? { openMs, bars: 0, imported: 0, anomalies: 0, faults: 0 }
    stretches.set(openMs, { ...before, imported: before.imported + 1 })
  }
  return [...stretches.values()].sort((a, b) => a.openMs - b.openMs)
}
