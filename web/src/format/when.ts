import { offsetMs, zone } from './zone.ts'

/** A stretch of time: from and to, UTC milliseconds. */
export type Range = readonly [from: number, to: number]

const utc = { timeZone: 'UTC', hourCycle: 'h23' } as const
const day = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short', year: 'numeric' })
const short = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short' })
const month = new Intl.DateTimeFormat('en-GB', { ...utc, month: 'short', year: 'numeric' })
const minute = new Intl.DateTimeFormat('en-GB', { ...utc, hour: '2-digit', minute: '2-digit' })

/** `19 May 2021`, in the chosen zone. */
export function formatDay(at: number): string {
  return day.format(shifted(at))
}

/** `May 2021`, in the chosen zone. */
export function formatMonth(at: number): string {
  return month.format(shifted(at))
}

/** `19 May 2021 12:00`, in the chosen zone, which the caller names. */
export function formatMinute(at: number): string {
  return `${day.format(shifted(at))} ${minute.format(shifted(at))}`
}

/** `19 May 12:00`, in the chosen zone, for recent times. */
export function formatShort(at: number): string {
  return `${short.format(shifted(at))} ${minute.format(shifted(at))}`
}

/** `14:03:22` in local time. */
export function formatLocalTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

/** `3 h`, `45 min`, `2 days`. */
export function formatSpan(ms: number): string {
  if (ms < 2 * 3_600_000) return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.round(ms / 60_000)} min`
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`
}

// Formatted as UTC after a shift to the chosen zone.
const shifted = (at: number) => at + offsetMs(at, zone.value)
