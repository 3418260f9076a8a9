import { formatInterval, monthMs, readInterval } from './interval.ts'
import type { Market, Ms } from './types.ts'

export const secondMs = 1_000 as Ms
export const minuteMs = 60_000 as Ms
export const hourMs = 3_600_000 as Ms
export const dayMs = 86_400_000 as Ms
export const weekMs = (7 * dayMs) as Ms

/** A market and the length of its bars. */
export interface Stream {
  readonly market: Market
  readonly intervalMs: Ms
}

/** The milliseconds of an ISO 8601 text or of a Date. */
export function msOf(date: string | Date): Ms {
  return (typeof date === 'string' ? Date.parse(date) : date.getTime()) as Ms
}

/** When a bar that closes at `ts` opened. */
export function openOf({ ts }: { readonly ts: number }, intervalMs: number): Ms {
  return intervalMs === monthMs ? startOfMonth(ts, -1) : ((ts - intervalMs) as Ms)
}

/** When a bar that opens at `open` closes: its `ts`. */
export function closeOf(open: number, intervalMs: number): Ms {
  return intervalMs === monthMs ? startOfMonth(open, 1) : ((open + intervalMs) as Ms)
}

/** The newest moment up to `ms` at which a bar can open. Bars of weeks open on any day, since the first day of a week differs. */
export function lastOpening(ms: number, intervalMs: number): Ms {
  if (intervalMs === monthMs) return startOfMonth(ms, 0)
  const grid = intervalMs % weekMs === 0 ? dayMs : intervalMs
  return (ms - (ms % grid)) as Ms
}

/** The start of the month, UTC, that is `months` after that of `ms`. */
function startOfMonth(ms: number, months: number): Ms {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) as Ms
}

/**
 * The key of a stream in maps, logs and messages.
 *
 * @example
 * streamKey({ market: 'bitstamp:BTC-USD', intervalMs: hourMs as Ms }) // 'bitstamp:BTC-USD@1h'
 */
export function streamKey({ market, intervalMs }: Stream): string {
  return `${market}@${formatInterval(intervalMs)}`
}

/** The stream of anything that names its market and its interval, such as a verdict. */
export function streamOf({ market, interval }: { readonly market: Market; readonly interval: string }): Stream {
  return { market, intervalMs: readInterval(interval) }
}
