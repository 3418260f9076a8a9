import type { FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Move, Severity } from '@candlewatch/core/types'
import { spokenOf } from '@candlewatch/core/verdict'
import { keysOf } from '../format/keys-of.ts'
import type { Candle } from '../state/series.ts'

/** The kind of event that a mark stands for: an anomaly of some severity, or a fault of the feed. */
export type MarkKind = Severity | 'fault'

/** Every kind, the gravest first. */
export const kinds: readonly MarkKind[] = ['critical', 'high', 'medium', 'low', 'fault']

/** The name of each kind. */
export const markNames: Readonly<Record<MarkKind, string>> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
  fault: 'Feed fault',
}

/** The shape of each kind by Plotly's name for it, and its size in pixels. */
export const marks: Readonly<Record<MarkKind, { readonly symbol: string; readonly size: number }>> = {
  low: { symbol: 'circle', size: 8 },
  medium: { symbol: 'square', size: 9 },
  high: { symbol: 'diamond', size: 12 },
  critical: { symbol: 'star', size: 15 },
  fault: { symbol: 'x', size: 9 },
}

/** The kind of a candle's mark. */
export function markKind({ verdict }: Candle): MarkKind {
  return verdict?.status === 'feed-fault' ? 'fault' : (verdict?.severity ?? 'low')
}

/** The price at which a candle's mark is drawn: `gap` below a low that fell too far, `gap` above the high otherwise. */
export function markPrice(candle: Candle, gap: number): number {
  const { verdict } = candle
  const below = verdict?.status === 'anomaly' && spokenOf(verdict)?.side === 'low'
  return below ? candle.low - gap : candle.high + gap
}

/** The event in words: how the market moved, or what is wrong with a row of the feed. */
export type EpisodeType = Move | Fault['type']

/** The name of each type, in the order in which they are listed. */
export const typeNames: Readonly<Record<EpisodeType, string>> = {
  fall: 'Fall',
  rise: 'Rise',
  swing: 'Swing',
  gap: 'Gap',
  flat: 'Stuck feed',
  repeat: 'Repeated row',
  break: 'Price break',
  'bad-tick': 'Bad tick',
  unlikely: 'Unlikely row',
}

/** Every type, in the order in which they are listed. */
export const types = keysOf(typeNames)

/** An arrow for each direction; faults have none. */
export const typeSigns: Readonly<Partial<Record<EpisodeType, string>>> = { fall: '↘', rise: '↗', swing: '↕' }
