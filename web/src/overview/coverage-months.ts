import { offsetMs, type Zone } from '../format/zone.ts'
import type { Candle } from '../state/series.ts'
import { holds } from '../state/tally.ts'

/** How often the outcome was inside the 90 % range in one month. */
export interface CoverageMonth {
  /** Its start in the chosen zone, and the start of the next month. */
  readonly from: number
  readonly to: number
  /** The bars that were compared with a forecast. */
  readonly bars: number
  /** The shares of bars whose high, and whose low, stayed in its 90 % range. */
  readonly high: number
  readonly low: number
  /** How far from 0.9 chance takes the share in nineteen months of twenty: 1.96 deviations of a binomial share. */
  readonly chance: number
}

/**
 * How often the outcome was inside the 90 % range, month by month, oldest first. Feed faults are left out, and so are months with
 * less than a quarter of the bars of the fullest month.
 */
export function coverageMonths(candles: readonly Candle[], zone: Zone): CoverageMonth[] {
  const months = new Map<number, { bars: number; high: number; low: number }>()
  for (const { at, verdict } of candles) {
    if (!verdict?.high || !verdict.low || verdict.status === 'feed-fault') continue
    const shown = new Date(at + offsetMs(at, zone))
    const month = shown.getUTCFullYear() * 12 + shown.getUTCMonth()
    const sums = months.get(month) ?? { bars: 0, high: 0, low: 0 }
    months.set(month, sums)
    sums.bars += 1
    sums.high += Number(holds(verdict.high))
    sums.low += Number(holds(verdict.low))
  }
  const firstOf = (month: number) => {
    const shown = Date.UTC(Math.floor(month / 12), month % 12)
    return shown - offsetMs(shown, zone)
  }
  const most = Math.max(...[...months.values()].map(({ bars }) => bars))
  const listed = [...months].filter(([, { bars }]) => bars >= most / 4)
  return listed.map(([month, { bars, high, low }]) => ({
    from: firstOf(month),
    to: firstOf(month + 1),
    bars,
    high: high / bars,
    low: low / bars,
    chance: 1.96 * Math.sqrt((0.9 * 0.1) / bars),
  }))
}
