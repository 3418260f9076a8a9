import { offsetMs, type Zone } from '../format/zone.ts'
import type { Candle } from '../state/series.ts'

const dayMs = 86_400_000
export const weekMs = 7 * dayMs
// 1 January 1970 was a Thursday.
const firstMonday = 4 * dayMs

/** A calendar week, from Monday on the chosen clock. */
export interface Week {
  readonly from: number
  readonly to: number
  /** That began in it. */
  readonly episodes: number
  /** Alarms a week that its last bar was judged by; of weeks before those in memory, the oldest known. null where none is. */
  readonly budget: number | null
}

/** Every week from one moment to another, weeks without an episode too. `starts` in any order, `candles` oldest first. */
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

/** One column of a chart: a week, or as many as must share one. */
export interface WeekColumn extends Omit<Week, 'episodes'> {
  readonly weeks: number
  readonly episodes: number
  readonly perWeek: number
}

/** As many columns as fit at most, the newest whole: what is left over is the oldest column. */
export function columnsOf(weeks: readonly Week[], most: number): WeekColumn[] {
  const size = Math.max(1, Math.ceil(weeks.length / most))
  const columns: WeekColumn[] = []
  for (let end = weeks.length; end > 0; end -= size) {
    const group = weeks.slice(Math.max(0, end - size), end)
    const episodes = group.reduce((sum, week) => sum + week.episodes, 0)
    const [oldest, newest] = [group[0]!, group.at(-1)!]
    const { to, budget } = newest
    columns.unshift({
      ...{ from: oldest.from, to, budget, weeks: group.length },
      ...{ episodes, perWeek: episodes / group.length },
    })
  }
  return columns
}
