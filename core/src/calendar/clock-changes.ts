import { dayMs, weekMs } from '../time.ts'

/** The Sundays on which clocks change somewhere with a market: the month, January = 0, and which Sunday of it; -1 is the last. */
const sundays = [
  // America, Europe, Australia and Chile
  { month: 2, nth: 2 },
  { month: 2, nth: -1 },
  { month: 3, nth: 1 },
  // Chile, New Zealand, Australia, Europe, America
  { month: 8, nth: 1 },
  { month: 8, nth: -1 },
  { month: 9, nth: 1 },
  { month: 9, nth: -1 },
  { month: 10, nth: 1 },
] as const

/** True where clocks went an hour forward or back, in some country with a market, in the week before `ms` or since `fromMs`. */
export function clocksChanged(fromMs: number, ms: number): boolean {
  const from = Math.min(fromMs, ms - weekMs)
  const years = [new Date(from).getUTCFullYear(), new Date(ms).getUTCFullYear()]
  return years.some(year =>
    sundays.some(({ month, nth }) => {
      const at = sundayOf(year, month, nth)
      // In the east a day begins half a day earlier than in UTC.
      return at + dayMs > from && at - dayMs / 2 <= ms
    }),
  )
}

/** The start of the n-th Sunday of a month, UTC. */
function sundayOf(year: number, month: number, nth: number): number {
  const first = nth > 0 ? Date.UTC(year, month, 1 + 7 * (nth - 1)) : Date.UTC(year, month + 1, 1) - weekMs
  return first + ((7 - new Date(first).getUTCDay()) % 7) * dayMs
}
