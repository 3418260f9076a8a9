import type { Candle, Tape } from './tape.ts'
import { firstFrom } from './tape.ts'
import type { Range } from './window.ts'

/** Bars from before those in memory that the reader looks at, with what was said of them; kept apart from the tape, which goes on. */
export interface Older {
  /** What of the market's time they cover, all of it. */
  readonly range: Range
  readonly tape: Tape
}

/** Whether these bars and those in memory are all there are in a range. */
export function joins(older: Older | null, tape: Tape, [from, to]: Range, oldest: number): older is Older {
  const first = tape.candles[0]?.at
  if (!older || first === undefined) return false
  return older.range[0] <= Math.max(from, oldest) && older.range[1] >= Math.min(to, first)
}

/** The bars of both, oldest first. */
export function joined({ tape: older }: Older, tape: Tape): Pick<Tape, 'candles' | 'alarms'> {
  const first = tape.candles[0]?.at ?? Number.POSITIVE_INFINITY
  const before = (candles: readonly Candle[]) => candles.slice(0, firstFrom(candles, first))
  return { candles: [...before(older.candles), ...tape.candles], alarms: [...before(older.alarms), ...tape.alarms] }
}
