import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Rolling } from '../stats/rolling.ts'
import type { Detector } from '../types.ts'

/** log(close / previous close). */
export interface LogReturn {
  readonly logReturn: number
}

// A flat feed would drive the deviation to zero and every next tick to infinity: 0.01 % is the floor.
const floorLogReturn = 1e-4
const winsorAt = 6

/**
 * Rolling z-score: how many standard deviations the return lies from the mean of the returns before it, either way.
 * null until `windowBars` returns are known. A return is learned as at most six deviations, or one bad tick would
 * widen the window's deviation and hide what follows for as long as it stays in it.
 */
export function zscore(id: string, windowBars = 60): Detector<LogReturn> {
  const returns = new Rolling({ window: windowBars, floor: floorLogReturn, winsorAt })
  return {
    id,
    score({ logReturn }) {
      if (!returns.full || returns.mean === null || returns.deviation === null) return null
      return Math.abs(logReturn - returns.mean) / returns.deviation
    },
    learn: ({ logReturn }) => returns.push(logReturn),
    save: () => floatsToBytes(returns.toArray()),
    load: state => returns.load(floatsFromBytes(state)),
  }
}
