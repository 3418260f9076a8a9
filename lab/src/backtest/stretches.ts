import { mergeMs } from '@candlewatch/core/decide/budget'
import type { ValueVerdict } from '@candlewatch/core/engine/value-series'

/** Alarms of a series within six hours of one another. */
export interface Stretch {
  readonly start: string
  readonly end: string
  readonly alarms: number
  /** The row with the highest score. */
  readonly peak: string
  readonly value: number
  readonly score: number
  readonly pValue: number
}

/** In the rows' order. */
export function stretchesOf(verdicts: readonly ValueVerdict[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const { isAnomaly, date, value, score, pValue } of verdicts) {
    if (!isAnomaly || score === null || pValue === null) continue
    const last = stretches.at(-1)
    const peak = { peak: date, value, score, pValue }
    if (!last || Date.parse(date) - Date.parse(last.end) > mergeMs) {
      stretches.push({ start: date, end: date, alarms: 1, ...peak })
    } else {
      stretches[stretches.length - 1] = { ...last, end: date, alarms: last.alarms + 1, ...(score > last.score && peak) }
    }
  }
  return stretches
}
