import type { MonthAlarms } from './stream-figures.ts'

const leastMonths = 6

/** The first of each group of times that lie within `mergeMs` of one another. Times come oldest first. */
export function firstOfEach(times: ArrayLike<number>, mergeMs: number): number[] {
  return Array.from(times).filter((time, i, all) => i === 0 || time - (all[i - 1] as number) > mergeMs)
}

/** Counts times by calendar month, UTC, over the months that lie wholly between `from` and `to`, epoch ms. */
export function countByMonth(times: readonly number[], from: number, to: number): MonthAlarms[] {
  const months: MonthAlarms[] = []
  const start = new Date(from)
  for (let i = 0; ; i++) {
    const [first, next] = [i, i + 1].map(n => Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + n, 1)) as [
      number,
      number,
    ]
    if (next > to) return months
    if (first < from) continue
    const alarms = times.filter(time => time >= first && time < next).length
    months.push({ month: new Date(first).toISOString().slice(0, 7), alarms })
  }
}

/** Variance over mean of the months' counts; null with fewer than six months or without alarms. */
export function dispersionOf(months: readonly MonthAlarms[]): number | null {
  const counts = months.map(({ alarms }) => alarms)
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  if (counts.length < leastMonths || mean === 0) return null
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1) / mean
}
