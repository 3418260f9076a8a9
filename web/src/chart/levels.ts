import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'

/** The prices from which a bar is an alarm; null where there is no such price. */
export interface AlarmLevels {
  readonly above: number | null
  readonly below: number | null
  /** How far the bar's high or low, whichever was nearer, stayed from its level, as a share of the price; null for any other bar. */
  readonly missedBy: number | null
}

/** The levels of a bar that was judged, or of the next one. */
export function levelsOf(
  of: Pick<Verdict, 'alarmAbove' | 'alarmBelow'> & Partial<Pick<Verdict, 'status' | 'bar'>>,
): AlarmLevels {
  const { alarmAbove: above = null, alarmBelow: below = null, status, bar } = of
  const isQuiet = status === 'normal' && bar !== undefined && above !== null && below !== null
  return { above, below, missedBy: isQuiet ? Math.min(above / bar.high, bar.low / below) - 1 : null }
}
