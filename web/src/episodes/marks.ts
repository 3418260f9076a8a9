import type { Severity } from '@candlewatch/core/types'
import { spokenOf } from '@candlewatch/core/verdict'
import type { Candle } from '../state/tape.ts'

export type MarkKind = Severity | 'fault'

/** Gravest first. */
export const kinds: readonly MarkKind[] = ['critical', 'high', 'medium', 'low', 'fault']

/** One shape a kind, the same in the chart and in the list; Plotly's names. Sizes in pixels. */
export const marks: Readonly<Record<MarkKind, { readonly symbol: string; readonly size: number }>> = {
  low: { symbol: 'circle', size: 8 },
  medium: { symbol: 'square', size: 9 },
  high: { symbol: 'diamond', size: 12 },
  critical: { symbol: 'star', size: 15 },
  fault: { symbol: 'x', size: 9 },
}

export function markKind({ verdict }: Candle): MarkKind {
  return verdict?.status === 'feed-fault' ? 'fault' : (verdict?.severity ?? 'low')
}

/** Beside the price that gave it away: below a low that fell too far, above the high otherwise. `gap` in price. */
export function markPrice(candle: Candle, gap: number): number {
  const { verdict } = candle
  const below = verdict?.status === 'anomaly' && spokenOf(verdict)?.side === 'low'
  return below ? candle.low - gap : candle.high + gap
}
