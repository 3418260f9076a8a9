import type { PriceOutcome, Verdict } from '@candlewatch/core/types'

export type Side = 'high' | 'low'

/** The price that lies furthest outside its forecast interval, in widths of it: what a verdict is shown by. */
export function furthestOut(verdict: Verdict): { readonly side: Side; readonly outcome: PriceOutcome } | null {
  const { high, low } = verdict
  if (!high || !low) return high ? { side: 'high', outcome: high } : low ? { side: 'low', outcome: low } : null
  return excess(low) > excess(high) ? { side: 'low', outcome: low } : { side: 'high', outcome: high }
}

function excess({ actual, lower, upper }: PriceOutcome): number {
  return Math.max(lower - actual, actual - upper) / Math.max(upper - lower, Number.EPSILON)
}
