import { known, nth } from '@candlewatch/core/nth'
import { dayMs, weekMs } from '@candlewatch/core/time'
import { offsetMs, type Zone } from '../format/zone.ts'
import type { Candle } from '../state/series.ts'

// 1 January 1970 was a Thursday.
const firstMonday = 4 * dayMs

/** A calendar week, from Monday in the chosen zone. */
export interface Week {
  readonly from: number
  readonly to: number
  /** The episodes that began in it. */
  readonly episodes: number
  /** The budget of its last bar; before the bars in memory, the oldest known one. null without any. */
  readonly budget: number | null
}

/** Every week from one time to another, weeks without an episode included. `starts` come in any order, `candles` oldest first. */
export function weeksOf(
  starts: readonly number[],
  [first, last]: readonly [number, number],
  candles: readonly Candle[],
  zone: Zone,
): Week[] {
  const weekOf = (at: number) => Math.floor((at + offsetMs(at, zone) - firstMonday) / weekMs)
  const counts = new Map<number, number>()
  for (const start of starts) counts.set(weekOf(start), (counts.get(weekOf(start)) ?? 0) + 1)
  const budgets = new Map<number, number>()
  for (const { at, verdict } of candles) if (verdict) budgets.set(weekOf(at), verdict.alarmsPerWeek)
  let budget = candles.find(({ verdict }) => verdict)?.verdict?.alarmsPerWeek ?? null
  const weeks: Week[] = []
  for (let week = weekOf(first); week <= weekOf(last); week++) {
    budget = budgets.get(week) ?? budget
    const opens = week * weekMs + firstMonday
    const from = opens - offsetMs(opens, zone)
    weeks.push({ from, to: from + weekMs, episodes: counts.get(week) ?? 0, budget })
  }
  return weeks
}

/** A column of the chart: one week, or several that share it. */
export interface WeekColumn extends Omit<Week, 'episodes'> {
  readonly weeks: number
  readonly episodes: number
  readonly perWeek: number
}

/** Groups weeks into `most` columns at most. The oldest column may hold fewer weeks than the others. */
export function columnsOf(weeks: readonly Week[], most: number): WeekColumn[] {
  const size = Math.max(1, Math.ceil(weeks.length / most))
  const columns: WeekColumn[] = []
  for (let end = weeks.length; end > 0; end -= size) {
    const group = weeks.slice(Math.max(0, end - size), end)
    const episodes = group.reduce((sum, week) => sum + week.episodes, 0)
    const [oldest, newest] = [nth(group, 0), known(group.at(-1))]
    const { to, budget } = newest
    columns.unshift({
      from: oldest.from,
      to,
      budget,
      weeks: group.length,
      episodes,
      perWeek: episodes / group.length,
    })
  }
  return columns
}
