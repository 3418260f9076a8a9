import type { Range } from '../format/when.ts'
import { type Candle, firstFrom, type Series } from './series.ts'

/** Bars from before those in memory that the reader looks at, with what was said of them; kept apart from the series, which goes on. */
export interface Older {
  /** What of the market's time they cover, all of it. */
  readonly range: Range
  readonly series: Series
}

/** Whether these bars and those in memory are all there are in a range. */
export function joins(older: Older | null, series: Series, [from, to]: Range, oldest: number): older is Older {
  const first = series.candles[0]?.at
  if (!older || first === undefined) return false
  return older.range[0] <= Math.max(from, oldest) && older.range[1] >= Math.min(to, first)
}

/** The bars of both, oldest first. */
export function joined({ series: older }: Older, series: Series): Pick<Series, 'candles' | 'alarms'> {
  const first = series.candles[0]?.at ?? Number.POSITIVE_INFINITY
  const before = (candles: readonly Candle[]) => candles.slice(0, firstFrom(candles, first))
  return { candles: [...before(older.candles), ...series.candles], alarms: [...before(older.alarms), ...series.alarms] }
}
