import type { Ms } from './types.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
/** A mean month. As the length of a bar it stands for a month of the calendar. */
export const monthMs = 2_629_746_000 as Ms
const monthText = '1M'

/**
 * Reads the length of an interval; null for anything that is not a whole number of s, m, h, d or w, or 1M, a month.
 *
 * @example
 * parseInterval('1h') // 3_600_000
 */
export function parseInterval(text: string): Ms | null {
  if (text === monthText) return monthMs
  const match = /^([1-9]\d{0,5})([smhdw])$/.exec(text)
  if (!match) return null
  return (Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]) as Ms
}

/** Reads the length of an interval. Throws a RangeError for a text that names none. */
export function readInterval(text: string): Ms {
  const intervalMs = parseInterval(text)
  if (intervalMs === null) throw new RangeError(`Expected an interval such as 1h, found ${JSON.stringify(text)}.`)
  return intervalMs
}

/**
 * Writes the length of an interval in the largest unit up to days that divides it; a month is 1M.
 *
 * @example
 * formatInterval(3_600_000 as Ms) // '1h'
 */
export function formatInterval(intervalMs: Ms): string {
  if (intervalMs === monthMs) return monthText
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (intervalMs % unitMs[unit] === 0) return `${intervalMs / unitMs[unit]}${unit}`
  }
  throw new RangeError(`An interval is a whole number of seconds, not ${intervalMs} ms.`)
}

/** ISO 8601 UTC without fractions of a second when there are none: `2021-05-19T12:00:00Z`. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
