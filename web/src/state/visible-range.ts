import type { Range } from '../format/when.ts'
import { type Coarse, extended, isWide, mayStandIn, serves } from './coarse.ts'
import { joined, joins } from './older.ts'
import type { Series } from './series.ts'
import type { State } from './state.ts'
import { firstKnown, visibleRange } from './view.ts'

/** What the chart shows of a state. */
export interface Visible {
  readonly range: Range
  /** Bars, and those of them that alarmed: in memory, or fetched for a look at the past. */
  readonly series: Pick<Series, 'candles' | 'alarms'>
  /** The server's candles, drawn where bars are too many or on their way; else null. */
  readonly coarse: Pick<Coarse, 'candles' | 'widthMs'> | null
}

/** Of what is drawn, and of what the server has to be asked for. */
interface Choice {
  readonly range: Range
  readonly drawn: 'series' | 'older' | 'coarse'
  readonly lacks: 'candles' | 'bars' | null
}

export function visibleOf(state: State): Visible {
  const { range, drawn } = choose(state)
  const { series, coarse, older } = state
  return {
    range,
    series: drawn === 'older' && older ? joined(older, series) : series,
    coarse: drawn === 'coarse' && coarse ? { candles: extended(coarse, series), widthMs: coarse.widthMs } : null,
  }
}

/** Candles for a wide range, bars for one that is not in memory; null when all is at hand. */
export function missingOf(state: State): Choice['lacks'] {
  return choose(state).lacks
}

function choose({ series, view, intervalMs, coarse, older }: State): Choice {
  const range = visibleRange(series.candles, view, intervalMs)
  const first = series.candles[0]?.at
  if (first === undefined) return { range, drawn: 'series', lacks: null }
  const oldest = firstKnown(series.candles, view)
  const inMemory = first <= Math.max(range[0], oldest)
  const standIn = !inMemory && mayStandIn(coarse, series, range, oldest) ? 'coarse' : 'series'
  if (isWide(range, intervalMs, oldest)) {
    return serves(coarse, series, range, oldest)
      ? { range, drawn: 'coarse', lacks: null }
      : { range, drawn: standIn, lacks: 'candles' }
  }
  if (inMemory) return { range, drawn: 'series', lacks: null }
  if (joins(older, series, range, oldest)) return { range, drawn: 'older', lacks: null }
  return { range, drawn: standIn, lacks: 'bars' }
}
