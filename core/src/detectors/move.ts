import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ewma } from '../stats/ewma.ts'
import type { Detector } from '../types.ts'

/** One bar's extremes and the close before it, quote currency. */
export interface Move {
  readonly high: number
  readonly low: number
  readonly previousClose: number
}

// The residual has the same ones, so that the two differ in the forecast alone.
const halfLifeBars = 168
const winsorAt = 6
// Fewer bars than a day of hours say too little about what is usual.
const leastBars = 24
// A flat feed would drive the usual move to zero and every next tick to infinity: 0.01 % is the floor.
const floorLogMove = 1e-4

/**
 * The control without any model: the bar's larger move, up or down from the close before it, over the slow EWMA of
 * that move. null for the first 24 bars. Compared with the model's residual it shows what the forecast adds.
 */
export function move(id: string): Detector<Move> {
  const usual = new Ewma(halfLifeBars)
  let bars = 0
  const usualMove = () => (usual.mean === null ? null : Math.max(usual.mean, floorLogMove))
  return {
    id,
    score(features) {
      const size = usualMove()
      return size === null || bars < leastBars ? null : twoSidedMove(features) / size
    },
    learn(features) {
      const size = usualMove()
      const moved = twoSidedMove(features)
      usual.learn(size === null ? moved : Math.min(moved, winsorAt * size))
      bars = Math.min(bars + 1, leastBars)
    },
    save: () => floatsToBytes([...usual.save(), bars]),
    load(state) {
      const [sum = 0, weight = 0, learned = 0] = floatsFromBytes(state)
      usual.load([sum, weight])
      bars = learned
    },
  }
}

/** The larger of log(high / previous close) and log(previous close / low); never negative, as high is not below low. */
export function twoSidedMove({ high, low, previousClose }: Move): number {
  return Math.max(Math.log(high / previousClose), Math.log(previousClose / low))
}
