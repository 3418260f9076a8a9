import { dayMs, hourMs, minuteMs } from '@candlewatch/core/time'
import type { Range } from '../format/when.ts'
import { offsetMs, type Zone } from '../format/zone.ts'

const stepsMs = [
  ...[1, 5, 15, 30].map(minutes => minutes * minuteMs),
  ...[1, 3, 6, 12].map(hours => hours * hourMs),
  ...[1, 2, 4, 7].map(days => days * dayMs),
]
const stepsMonths = [1, 2, 3, 6, 12, 24, 60]
/** The short names of the months. */
export const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The labels of a time axis: round times in the chosen zone, at most `count`. Plotly itself knows UTC only. */
export function timeTicks(range: Range, count: number, zone: Zone): { readonly at: number[]; readonly text: string[] } {
  const from = range[0] + offsetMs(range[0], zone)
  const to = range[1] + offsetMs(range[1], zone)
  const stepMs = stepsMs.find(step => (to - from) / step <= count)
  // A label at the very edge would be cut off.
  const inside = from + (to - from) * 0.03
  const shown = stepMs ? everyMs(inside, to, stepMs) : everyMonths(inside, to, count)
  let year = 0
  const text = shown.map(time => {
    const date = new Date(time)
    const label = labelOf(date, stepMs ?? dayMs * 30)
    if (date.getUTCFullYear() === year) return label
    year = date.getUTCFullYear()
    return `${label}<br>${year}`
  })
  return { at: shown.map(time => time - offsetMs(time, zone)), text }
}

function labelOf(date: Date, stepMs: number): string {
  const month = months[date.getUTCMonth()] ?? ''
  if (stepMs > 7 * dayMs) return month
  if (date.getTime() % dayMs === 0) return `${date.getUTCDate()} ${month}`
  return date.toISOString().slice(11, 16)
}

function everyMs(from: number, to: number, stepMs: number): number[] {
  const shown: number[] = []
  for (let time = Math.ceil(from / stepMs) * stepMs; time <= to; time += stepMs) shown.push(time)
  return shown
}

function everyMonths(from: number, to: number, count: number): number[] {
  const all = (to - from) / (30.44 * dayMs)
  const step = stepsMonths.find(months => all / months <= count) ?? 120
  const shown: number[] = []
  const first = new Date(from)
  const start = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step
  for (let month = start; ; month += step) {
    const time = Date.UTC(Math.floor(month / 12), month % 12)
    if (time > to) return shown
    if (time >= from) shown.push(time)
  }
}
