import type { Range } from '../format/when.ts'
import { type Coarse, extended, isWide, mayStandIn, serves } from './coarse.ts'
import { joined, joins } from './older.ts'
import type { Series } from './series.ts'
import type { State } from './state.ts'
import { firstKnown, visibleRange } from './view.ts'

/** The visible range of the chart, and what is drawn in it. */
export interface Visible {
  readonly range: Range
  /** Bars and their alarms: those in memory, or those fetched for a range before them. */
  readonly series: Pick<Series, 'candles' | 'alarms'>
  /** The server's candles, drawn where bars are too many or still on their way; else null. */
  readonly coarse: Pick<Coarse, 'candles' | 'widthMs'> | null
}

/** The data that is drawn, and the data that has to be fetched for it. */
interface Choice {
  readonly range: Range
  readonly drawn: 'series' | 'older' | 'coarse'
  readonly missing: 'candles' | 'bars' | null
}

/** Returns the part of a state that the chart shows. */
export function visibleOf(state: State): Visible {
  const { range, drawn } = choose(state)
  const { series, coarse, older } = state
  return {
    range,
    series: drawn === 'older' && older ? joined(older, series) : series,
    coarse: drawn === 'coarse' && coarse ? { candles: extended(coarse, series), widthMs: coarse.widthMs } : null,
  }
}

/** Returns what the chart lacks: candles for a wide range, bars for one that is not in memory; null when nothing is missing. */
export function missingOf(state: State): Choice['missing'] {
  return choose(state).missing
}

function choose({ series, view, intervalMs, coarse, older }: State): Choice {
  const range = visibleRange(series.candles, view, intervalMs)
  const first = series.candles[0]?.at
  if (first === undefined) return { range, drawn: 'series', missing: null }
  const oldest = firstKnown(series.candles, view)
  const inMemory = first <= Math.max(range[0], oldest)
  const standIn = !inMemory && mayStandIn(coarse, series, range, oldest) ? 'coarse' : 'series'
  if (isWide(range, intervalMs, oldest)) {
    return serves(coarse, series, range, oldest)
      ? { range, drawn: 'coarse', missing: null }
      : { range, drawn: standIn, missing: 'candles' }
  }
  if (inMemory) return { range, drawn: 'series', missing: null }
  if (joins(older, series, range, oldest)) return { range, drawn: 'older', missing: null }
  return { range, drawn: standIn, missing: 'bars' }
}
