import { type Coarse, extended, isWide, mayStandIn, serves } from './coarse.ts'
import { joined, joins } from './older.ts'
import type { State } from './state.ts'
import type { Tape } from './tape.ts'
import { firstKnown, type Range, visibleRange } from './window.ts'

/** What the chart shows of a state. */
export interface Sight {
  readonly range: Range
  /** Bars, and those of them that alarmed: in memory, or fetched for a look at the past. */
  readonly tape: Pick<Tape, 'candles' | 'alarms'>
  /** The server's candles, drawn where bars are too many or on their way; else null. */
  readonly coarse: Pick<Coarse, 'candles' | 'widthMs'> | null
}

/** Of what is drawn, and of what the server has to be asked for. */
interface Choice {
  readonly range: Range
  readonly drawn: 'tape' | 'older' | 'coarse'
  readonly lacks: 'candles' | 'bars' | null
}

export function sightOf(state: State): Sight {
  const { range, drawn } = choose(state)
  const { tape, coarse, older } = state
  return {
    range,
    tape: drawn === 'older' && older ? joined(older, tape) : tape,
    coarse: drawn === 'coarse' && coarse ? { candles: extended(coarse, tape), widthMs: coarse.widthMs } : null,
  }
}

/** Candles for a wide range, bars for one that is not in memory; null when all is at hand. */
export function lackOf(state: State): Choice['lacks'] {
  return choose(state).lacks
}

function choose({ tape, view, intervalMs, coarse, older }: State): Choice {
  const range = visibleRange(tape.candles, view, intervalMs)
  const first = tape.candles[0]?.at
  if (first === undefined) return { range, drawn: 'tape', lacks: null }
  const oldest = firstKnown(tape.candles, view)
  const inMemory = first <= Math.max(range[0], oldest)
  const standIn = !inMemory && mayStandIn(coarse, tape, range, oldest) ? 'coarse' : 'tape'
  if (isWide(range, intervalMs, oldest)) {
    return serves(coarse, tape, range, oldest)
      ? { range, drawn: 'coarse', lacks: null }
      : { range, drawn: standIn, lacks: 'candles' }
  }
  if (inMemory) return { range, drawn: 'tape', lacks: null }
  if (joins(older, tape, range, oldest)) return { range, drawn: 'older', lacks: null }
  return { range, drawn: standIn, lacks: 'bars' }
}
