import type { Severity } from '../types.ts'

/**
 * How far below the alarm level a p-value lies: each step is twice as rare. With one alarm a week on hourly bars,
 * `critical` is a bar that comes once in two months.
 *
 * | p over the alarm level | severity |
 * |---|---|
 * | ≤ 1/8 | critical |
 * | ≤ 1/4 | high |
 * | ≤ 1/2 | medium |
 * | ≤ 1 | low |
 */
export function severity(pValue: number, level: number): Severity | null {
  if (pValue > level) return null
  if (pValue <= level / 8) return 'critical'
  if (pValue <= level / 4) return 'high'
  return pValue <= level / 2 ? 'medium' : 'low'
}
