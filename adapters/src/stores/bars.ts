import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import type { CandleRange, Candles } from './candles.ts'

/** A part of one stream, by the opens of its bars: `from` included, `to` excluded, null = no bound. */
export interface Range extends Stream {
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  /** The newest rows of the range are returned, at most this many. */
  readonly limit: number
}

/** A stored bar and its verdict; the verdict is null for a bar that only warmed the engine up. */
export interface KnownBar {
  readonly bar: Bar
  readonly verdict: Verdict | null
}

/** Stored bars by their closes. */
export type KnownBars = ReadonlyMap<Ms, KnownBar>

/** How many bars of a stream are stored, and from when to when. */
export interface StreamSummary extends Stream {
  readonly bars: number
  readonly firstOpenMs: Ms
  readonly lastOpenMs: Ms
}

/** Observed bars. */
export interface BarStore {
  bars(range: Range): Promise<readonly Bar[]>
  /** Streams all bars that closed after `ts`, oldest first. */
  barsAfter(stream: Stream, ts: Ms): AsyncIterable<Bar>
  /**
   * Returns the bars of a range as at most `points` candles, or the bars themselves while there are few enough. A candle
   * that the range cuts has all its bars, so that it looks the same on every chart.
   */
  candles(range: CandleRange): Promise<Candles>
  /** Closes without a stored bar are missing from the map. */
  known(stream: Stream, closes: readonly Ms[]): Promise<KnownBars>
  /** Adds bars that get no verdict. Bars that are stored already stay as they are. */
  appendWarmUp(stream: Stream, bars: readonly Bar[]): Promise<void>
  /** Lists the streams that have bars, by market and interval. */
  streams(): Promise<readonly StreamSummary[]>
}
