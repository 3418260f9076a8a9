import type { PriceOutcome, Verdict } from '@candlewatch/core/types'

/** The price that the verdict speaks of; null where there was no forecast. */
export function spokenOf(verdict: Verdict): { readonly side: 'high' | 'low'; readonly outcome: PriceOutcome } | null {
  const { side } = verdict
  const outcome = side && verdict[side]
  return side && outcome ? { side, outcome } : null
}
