import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { type Candle, type CandleRange, type Candles, candleOpen, widthFor } from '../candles.ts'

/** Turns bars of one stream, oldest first, into at most `points` candles. */
export function candlesOf(range: CandleRange, bars: readonly Bar[], verdicts: readonly Verdict[]): Candles {
  const { fromMs, toMs, points, intervalMs } = range
  const opensAt = (bar: Bar) => openOf(bar, intervalMs)
  const inside = bars.filter(bar => opensAt(bar) >= (fromMs ?? -Infinity) && opensAt(bar) < (toMs ?? Infinity))
  const [first, last] = [inside[0], inside.at(-1)]
  if (!first || !last) return { widthMs: intervalMs, candles: [] }
  const widthMs = widthFor(intervalMs, opensAt(first), opensAt(last), points)
  const bucket = (of: Bar) => candleOpen(opensAt(of), widthMs, intervalMs)
  const touched = bars.filter(bar => bucket(bar) >= bucket(first) && bucket(bar) <= bucket(last))
  return { widthMs, candles: candlesBetween(touched, verdicts, intervalMs, widthMs) }
}

/** Turns all of these bars into candles of one width. */
export function candlesBetween(
  bars: readonly Bar[],
  verdicts: readonly Verdict[],
  intervalMs: Ms,
  widthMs: Ms,
): readonly Candle[] {
  const candles = new Map<number, Candle>()
  for (const bar of bars) {
    const openMs = candleOpen(openOf(bar, intervalMs), widthMs, intervalMs)
    const before = candles.get(openMs)
    const judged = verdicts.filter(({ ts }) => ts === bar.ts)
    candles.set(openMs, {
      openMs,
      open: before?.open ?? bar.open,
      high: Math.max(before?.high ?? bar.high, bar.high),
      low: Math.min(before?.low ?? bar.low, bar.low),
      close: bar.close,
      volume: (before?.volume ?? 0) + bar.volume,
      bars: (before?.bars ?? 0) + 1,
      anomalies: (before?.anomalies ?? 0) + Number(judged.some(verdict => verdict.isAnomaly)),
      faults: (before?.faults ?? 0) + Number(judged.some(verdict => verdict.status === 'feed-fault')),
    })
  }
  return [...candles.values()]
}
