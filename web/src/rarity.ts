import type { Ms } from '@candlewatch/core/types'

const units = [
  ['year', 365.25 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
] as const

/** A p-value as how often a bar this strange comes by: 0.0005 of hourly bars → `about once in 12 weeks`. */
export function rarity(pValue: number | null, intervalMs: Ms): string | null {
  if (pValue === null) return null
  if (pValue <= 0) return 'stranger than any bar before'
  const everyMs = intervalMs / pValue
  // Weeks up to two years: the alarm budget is counted in weeks too.
  const [name, unitMs] = units.find(([unit, ms]) => everyMs >= (unit === 'year' ? 2 * ms : ms)) ?? units[3]
  const count = Math.round(everyMs / unitMs)
  return count <= 1 ? `about once a ${name}`.replace('a hour', 'an hour') : `about once in ${count} ${name}s`
}
