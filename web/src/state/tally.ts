import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { PriceOutcome } from '@candlewatch/core/types'

/** Running sums over the verdicts of the bars in memory. */
export interface Tally {
  /** Bars that are normal or an anomaly. */
  readonly judged: number
  readonly anomalies: number
  readonly feedFaults: number
  /** Verdicts with a forecast and an outcome of the high. */
  readonly compared: number
  /** Sums of absolute errors of the high, quote currency. */
  readonly modelError: number
  readonly baselineError: number
  /** Compared bars whose high, and whose low, stayed in its 90 % range. */
  readonly heldHigh: number
  readonly heldLow: number
}

/** The sums over no verdicts. */
export const emptyTally: Tally = {
  judged: 0,
  anomalies: 0,
  feedFaults: 0,
  compared: 0,
  modelError: 0,
  baselineError: 0,
  heldHigh: 0,
  heldLow: 0,
}

/** Adds a verdict (`sign` 1) or takes it out again (−1), in place: a batch copies its tally once. */
export function countIn(tally: { -readonly [K in keyof Tally]: number }, verdict: Verdict | null, sign: 1 | -1): void {
  if (!verdict) return
  if (verdict.status === 'normal' || verdict.status === 'anomaly') tally.judged += sign
  if (verdict.status === 'anomaly') tally.anomalies += sign
  if (verdict.status === 'feed-fault') tally.feedFaults += sign
  // A faulty row says nothing about the forecast.
  if (!verdict.high || verdict.status === 'feed-fault') return
  tally.compared += sign
  tally.modelError += sign * Math.abs(verdict.high.actual - verdict.high.model)
  tally.baselineError += sign * Math.abs(verdict.high.actual - verdict.high.baseline)
  if (holds(verdict.high)) tally.heldHigh += sign
  if (verdict.low && holds(verdict.low)) tally.heldLow += sign
}

/** Returns whether the price stayed in its 90 % range. */
export const holds = ({ lower, upper, actual }: PriceOutcome) => actual >= lower && actual <= upper
