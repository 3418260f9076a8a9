import { closeOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Series } from '@candlewatch/core/types'

/** A question about what is stored of a stream. */
export interface CoverageQuery extends Stream {
  /** The most stretches to return; 1 or more. */
  readonly points: number
  /** The most gaps to return, newest first. */
  readonly maxGaps: number
}

/** How many rows are stored of the bars that open within one width of time. */
export interface Stretch {
  /** A whole multiple of the width since 1970, UTC. */
  readonly openMs: Ms
  readonly bars: number
  /** Imported rows for which there is no bar: they were never judged. */
  readonly imported: number
  readonly anomalies: number
  readonly faults: number
}

/** Missing bars, by their opens: `from` is the first of them, `to` the first bar after. */
export interface Gap {
  readonly fromMs: Ms
  readonly toMs: Ms
  readonly missing: number
}

/** The rows that are stored of a stream, and the bars that are missing between its first and its last. */
export interface Coverage {
  readonly bars: number
  readonly firstOpenMs: Ms | null
  readonly lastOpenMs: Ms | null
  /** Missing bars between the first and the last, imported ones included. */
  readonly missing: number
  /** Newest first. */
  readonly gaps: readonly Gap[]
  /** True if there are older gaps than those in `gaps`. */
  readonly moreGaps: boolean
  /** Imported rows for which there is no bar. */
  readonly imported: Imported | null
  readonly widthMs: Ms
  /** Oldest first; empty stretches are left out. */
  readonly stretches: readonly Stretch[]
}

/** Imported rows for which there is no bar. */
export interface Imported {
  readonly rows: number
  readonly firstOpenMs: Ms
  readonly lastOpenMs: Ms
}

/** A stored row: either a bar that was observed, or a row that was only imported. */
export interface StoredRow {
  readonly bar: Bar
  readonly observed: boolean
}

/** Imported rows, and what is missing. */
export interface HistoryStore {
  /** Adds imported rows; a row of the same market, interval and open is replaced. Returns how many rows were given. */
  appendHistory(series: Series): Promise<number>
  /** Returns the rows with these closes; closes without a row are missing from the map. */
  stored(stream: Stream, closes: readonly Ms[]): Promise<ReadonlyMap<Ms, StoredRow>>
  coverage(query: CoverageQuery): Promise<Coverage>
  /** Lists the streams with imported rows, by market and interval. */
  historyStreams(): Promise<readonly Stream[]>
}

/** Returns the bars missing between two bars that follow each other, or null. */
export function gapBetween(beforeMs: number, afterMs: number, intervalMs: Ms): Gap | null {
  const missing = Math.round((afterMs - beforeMs) / intervalMs) - 1
  return missing > 0 ? { fromMs: closeOf(beforeMs, intervalMs), toMs: afterMs as Ms, missing } : null
}
