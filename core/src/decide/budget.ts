import type { Ms } from '../types.ts'

const weekMs = 7 * 86_400_000

/** The p-value at or below which a bar alarms, so that chance alone alarms this often: 1 a week on hourly bars is 1/168. */
export function alarmLevel(alarmsPerWeek: number, intervalMs: Ms): number {
  return Math.min(1, (alarmsPerWeek * intervalMs) / weekMs)
}
