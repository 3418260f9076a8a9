import type { Severity } from '../types.ts'

/**
 * How small a share of the budget would still have alarmed: each step is twice as rare. With one alarm a week, `critical` is
 * what comes once in eight weeks, whatever the length of the bars.
 *
 * | the score alarms under | severity |
 * |---|---|
 * | an eighth of the budget | critical |
 * | a quarter | high |
 * | a half | medium |
 * | the budget alone | low |
 *
 * `thresholdOf`: the threshold of a share of the budget; null where there is none.
 */
export function severity(score: number, thresholdOf: (share: number) => number | null): Severity {
  const alarmsAt = (share: number) => {
    const threshold = thresholdOf(share)
    return threshold !== null && score >= threshold
  }
  if (alarmsAt(1 / 8)) return 'critical'
  if (alarmsAt(1 / 4)) return 'high'
  return alarmsAt(1 / 2) ? 'medium' : 'low'
}
