import { dayMs, hourMs, minuteMs } from '../time.ts'
import type { Ms } from '../types.ts'
import type { MarketHours } from './market-hours.ts'

/** Returns the openings of `days` days from a date on at which `isOpen` is true. */
export function opensOf(from: string, days: number, intervalMs: number, isOpen: (at: LocalTime) => boolean): Ms[] {
  const start = Date.parse(from)
  return Array.from({ length: (days * dayMs) / intervalMs }, (_, i) => (start + i * intervalMs) as Ms).filter(ms =>
    isOpen(timeOf(ms)),
  )
}

interface LocalTime {
  /** 0 = Sunday */
  readonly weekday: number
  /** Minutes after midnight, UTC. */
  readonly minute: number
  readonly ms: number
}

export function timeOf(ms: number): LocalTime {
  return { weekday: new Date(ms).getUTCDay(), minute: (ms % dayMs) / minuteMs, ms }
}

export const isWeekday = ({ weekday }: LocalTime) => weekday > 0 && weekday < 6

/** Stocks from 14:00 to 21:00 UTC, an hour earlier in the American summer of 2024. */
export function isStockTime(at: LocalTime): boolean {
  const isSummer = at.ms >= Date.UTC(2024, 2, 10) && at.ms < Date.UTC(2024, 10, 3)
  const minute = at.minute + (isSummer ? 60 : 0)
  return isWeekday(at) && minute >= 14 * 60 && minute < 21 * 60
}

/** A bar that came after an absence that is no plain one, with what was said of it. */
export interface Found {
  readonly at: string
  readonly kind: string
  readonly missing: number
}

/** Learns the openings in order; returns the gaps. */
export function gapsIn(hours: MarketHours, opens: readonly Ms[]): Found[] {
  return opens.flatMap(openMs => {
    const { kind, missing } = hours.before(openMs)
    hours.learn(openMs)
    return kind === 'gap' ? [{ at: new Date(openMs).toISOString().slice(0, 16), kind, missing }] : []
  })
}

export const hours = (count: number) => (count * hourMs) as Ms
export const minutes = (count: number) => (count * minuteMs) as Ms
