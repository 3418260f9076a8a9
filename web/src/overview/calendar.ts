import { nth } from '@candlewatch/core/nth'
import { dayMs } from '@candlewatch/core/time'
import { offsetMs, type Zone } from '../format/zone.ts'

/** A day in the chosen zone, and its place on a year's sheet. */
export interface CalendarDay {
  /** Midnight at its start. */
  readonly at: number
  /** Weeks since the week of 1 January. */
  readonly column: number
  /** Monday is 0. */
  readonly row: number
  readonly episodes: number
}

/** The days of one year. */
export interface CalendarYear {
  readonly year: number
  /** From the first bar that was judged to the newest. */
  readonly days: readonly CalendarDay[]
  /** The column of each month's first day. */
  readonly months: readonly number[]
}

/** The days of each year, newest year first: weeks side by side, Mondays on top. `starts` of episodes come in any order. */
export function calendarOf(
  starts: readonly number[],
  [first, last]: readonly [number, number],
  zone: Zone,
): CalendarYear[] {
  const dayOf = (at: number) => Math.floor((at + offsetMs(at, zone)) / dayMs)
  const counts = new Map<number, number>()
  for (const start of starts) counts.set(dayOf(start), (counts.get(dayOf(start)) ?? 0) + 1)
  const years = new Map<number, CalendarDay[]>()
  for (let day = dayOf(first); day <= dayOf(last); day++) {
    const year = new Date(day * dayMs).getUTCFullYear()
    const days = years.get(year) ?? []
    years.set(year, days)
    const at = day * dayMs - offsetMs(day * dayMs, zone)
    days.push({ at, ...placeOf(day, year), episodes: counts.get(day) ?? 0 })
  }
  return [...years]
    .map(([year, days]) => ({ year, days, months: Array.from({ length: 12 }, (_, month) => columnOf(year, month)) }))
    .reverse()
}

function placeOf(day: number, year: number): Pick<CalendarDay, 'column' | 'row'> {
  const newYear = Date.UTC(year, 0, 1) / dayMs
  return { column: Math.floor((day - newYear + rowOf(newYear)) / 7), row: rowOf(day) }
}

// 1 January 1970 was a Thursday, three days after Monday.
const rowOf = (day: number) => (day + 3) % 7

const columnOf = (year: number, month: number) => placeOf(Date.UTC(year, month, 1) / dayMs, year).column

/** How many episodes began in each hour of the week: seven days from Monday, 24 hours each, in the chosen zone. */
export function heatOf(starts: readonly number[], zone: Zone): number[][] {
  const heat = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  for (const start of starts) {
    const date = new Date(start + offsetMs(start, zone))
    nth(heat, (date.getUTCDay() + 6) % 7)[date.getUTCHours()]! += 1
  }
  return heat
}

/** The meaning of each colour of a heat map. */
export const heatSteps = ['none', '1', '2', '3 or more'] as const

/** The colour for a number of episodes. */
export const heatLevel = (episodes: number) => Math.min(episodes, heatSteps.length - 1)
