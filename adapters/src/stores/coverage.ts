import type { Bar, Ms } from '@candlewatch/core/types'
import type { Stream } from './stream.ts'

export interface CoverageQuery extends Stream {
  /** Stretches at most; 1 or more. */
  readonly points: number
  /** Gaps at most, the newest. */
  readonly mostGaps: number
}

/** The bars that should open within one width of time, and what there is of them. */
export interface Stretch {
  /** A whole multiple of the width since 1970, UTC. */
  readonly openMs: Ms
  readonly bars: number
  /** Rows of `history` where there is no bar: imported, and never judged. */
  readonly imported: number
  readonly anomalies: number
  readonly faults: number
}

/** Bars that should be there and are not, by their opens: `from` is the first of them, `to` the first bar after. */
export interface Gap {
  readonly fromMs: Ms
  readonly toMs: Ms
  readonly missing: number
}

/** What there is of a stream, from its first bar to its last, opens. */
export interface Coverage {
  readonly bars: number
  readonly firstOpenMs: Ms | null
  readonly lastOpenMs: Ms | null
  /** Bars that are missing between the first and the last, whether imported or not. */
  readonly missing: number
  /** Newest first. */
  readonly gaps: readonly Gap[]
  /** Whether there are older ones beside them. */
  readonly moreGaps: boolean
  /** Rows of `history` where there is no bar. */
  readonly imported: Imported | null
  readonly widthMs: Ms
  /** Oldest first; without those in which there is nothing. */
  readonly stretches: readonly Stretch[]
}

export interface Imported {
  readonly rows: number
  readonly firstOpenMs: Ms
  readonly lastOpenMs: Ms
}

/** A row as it is stored: observed as a bar, or in `history` alone. */
export interface StoredRow {
  readonly bar: Bar
  readonly observed: boolean
}

/** The bars that should open between two that follow each other; null where none is missing. */
export function gapBetween(beforeMs: number, afterMs: number, intervalMs: Ms): Gap | null {
  const missing = Math.round((afterMs - beforeMs) / intervalMs) - 1
  return missing > 0 ? { fromMs: (beforeMs + intervalMs) as Ms, toMs: afterMs as Ms, missing } : null
}
