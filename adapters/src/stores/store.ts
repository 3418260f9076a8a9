import type { Bar, Label, Ms, Replay, Series, Step, Verdict } from '@candlewatch/core/types'
import type { BudgetStore } from './budget-records.ts'
import type { CandleRange, Candles } from './candles.ts'
import type { CorrectionStore } from './correction-records.ts'
import type { Coverage, CoverageQuery, StoredRow } from './coverage.ts'
import type { KeyStore } from './key-records.ts'
import type { ModelStore } from './model-records.ts'
import type { Range, Snapshot, Stream } from './stream.ts'

export type { Range, Snapshot, Stream } from './stream.ts'

/** What a stream holds, for a list of what there is to look at. */
export interface StreamSummary extends Stream {
  readonly bars: number
  readonly firstOpenMs: Ms
  readonly lastOpenMs: Ms
}

/** A verdict with its place in the order of commits, which a reader resumes after. */
export interface SequencedVerdict {
  readonly seq: number
  readonly verdict: Verdict
}

/**
 * Where everything durable lives. Reads come oldest first. A rejected write has written nothing.
 * Every implementation passes contract.suite.ts.
 */
export interface Store extends ModelStore, BudgetStore, CorrectionStore, KeyStore {
  /** Adds rows to `history`; rows already there (same market, interval, open) are replaced. Returns how many rows were given. */
  appendHistory(series: Series): Promise<number>
  /** What is stored of those closes, without a word on verdicts. Unknown closes are missing from the map. */
  stored(stream: Stream, closes: readonly Ms[]): Promise<ReadonlyMap<Ms, StoredRow>>
  /** What there is of a stream, and what is missing. Of days that are whole no bar is read. */
  coverage(query: CoverageQuery): Promise<Coverage>
  /** Streams of which there are rows in `history`, by market and interval. */
  historyStreams(): Promise<readonly Stream[]>
  /** Adds bars that nobody asked a verdict about; bars already there are left as they are. */
  appendWarmUp(stream: Stream, bars: readonly Bar[]): Promise<void>
  /** Bars, their verdicts and next forecasts, and the snapshot if given, in one transaction. Repeating a commit changes nothing. Returns one seq a step. */
  commit(stream: Stream, steps: readonly Step[], snapshot: Snapshot | null): Promise<readonly number[]>
  /** The newest snapshot of that stream and model. */
  snapshot(stream: Stream, model: string): Promise<Snapshot | null>
  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** All bars that closed after `ts`, streamed. */
  barsAfter(stream: Stream, ts: Ms): AsyncIterable<Bar>
  bars(range: Range): Promise<readonly Bar[]>
  /**
   * The bars of a range as at most so many candles, each whole: one that an end of the range falls into has all its bars,
   * so that a candle looks the same on every chart. While the bars themselves are few enough, they come as they are.
   */
  candles(range: CandleRange): Promise<Candles>
  verdicts(range: Range): Promise<readonly SequencedVerdict[]>
  /** Those of them that are anomalies; the limit counts these alone. */
  anomalies(range: Range): Promise<readonly SequencedVerdict[]>
  /** Likewise those that are faults of the feed. */
  faults(range: Range): Promise<readonly SequencedVerdict[]>
  /** The first anomaly or feed fault that closed after `ts`; null when there is none. */
  alarmAfter(stream: Stream, ts: Ms): Promise<Verdict | null>
  /** What is known of those closes; a bar without verdict was taken in to warm up. Unknown closes are missing from the map. */
  known(
    stream: Stream,
    closes: readonly Ms[],
  ): Promise<ReadonlyMap<Ms, { readonly bar: Bar; readonly verdict: Verdict | null }>>
  /** Verdicts of every stream committed after `seq`, in order of commit. */
  verdictsAfter(seq: number, limit: number): Promise<readonly SequencedVerdict[]>
  /** The seq of the newest verdict; 0 when there is none. */
  lastSeq(): Promise<number>
  streams(): Promise<readonly StreamSummary[]>
  /** One a bar: a later mark replaces an earlier one. */
  saveLabel(label: Label, markedAt: Ms): Promise<void>
  labels(range: Range): Promise<readonly Label[]>
  saveReplay(replay: Replay): Promise<void>
  replay(id: string): Promise<Replay | null>
  /** Newest first. */
  replays(limit: number): Promise<readonly Replay[]>
  /** Forgets bars, verdicts, forecasts, snapshots, known scores, labels and replays of one stream; `history` stays. */
  forget(stream: Stream): Promise<void>
  /** Rejects with ERR_DATABASE_UNREACHABLE when it cannot answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
