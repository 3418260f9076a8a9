import type { Severity } from '../types.ts'

/**
 * How far below the p-value of a score that just alarms an alarm's own lies: each step is twice as rare. With one alarm a
 * week on hourly bars, `critical` is a bar that comes about once in a month and a half.
 *
 * | p over the alarm level | severity |
 * |---|---|
 * | ≤ 1/8 | critical |
 * | ≤ 1/4 | high |
 * | ≤ 1/2 | medium |
 * | ≤ 1 | low |
 */
export function severity(pValue: number, level: number): Severity {
  if (pValue <= level / 8) return 'critical'
  if (pValue <= level / 4) return 'high'
  return pValue <= level / 2 ? 'medium' : 'low'
}
