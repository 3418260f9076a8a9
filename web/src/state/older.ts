import type { Range } from '../format/when.ts'
import { type Candle, firstFrom, type Series } from './series.ts'

/** Bars and verdicts from before those in memory, fetched for the visible range; kept apart from the series, which grows. */
export interface Older {
  /** The time that they cover completely. */
  readonly range: Range
  readonly series: Series
}

/** Returns whether these bars, together with those in memory, cover a range completely. */
export function joins(older: Older | null, series: Series, [from, to]: Range, oldest: number): older is Older {
  const first = series.candles[0]?.at
  if (!older || first === undefined) return false
  return older.range[0] <= Math.max(from, oldest) && older.range[1] >= Math.min(to, first)
}

/** The older bars followed by those in memory, oldest first. */
export function joined({ series: older }: Older, series: Series): Pick<Series, 'candles' | 'alarms'> {
  const first = series.candles[0]?.at ?? Number.POSITIVE_INFINITY
  const before = (candles: readonly Candle[]) => candles.slice(0, firstFrom(candles, first))
  return { candles: [...before(older.candles), ...series.candles], alarms: [...before(older.alarms), ...series.alarms] }
}
