import type { Stream } from '@candlewatch/core/time'
import type { Episode, EpisodeEvent, Label, Ms, Verdict } from '@candlewatch/core/types'
import type { Range } from './bars.ts'

/** A verdict with its place in the order of commits, after which a reader resumes. */
export interface SequencedVerdict {
  readonly seq: number
  readonly verdict: Verdict
  /** The changes by the bar in the episodes of its stream, in order. */
  readonly episodes: readonly EpisodeEvent[]
}

/** Verdicts in force: those that a correction withdrew are left out. */
export interface VerdictStore {
  verdicts(range: Range): Promise<readonly SequencedVerdict[]>
  /** Like `verdicts`, but only anomalies are returned and counted towards the limit. */
  anomalies(range: Range): Promise<readonly SequencedVerdict[]>
  /** Like `verdicts`, but only feed faults are returned and counted towards the limit. */
  faults(range: Range): Promise<readonly SequencedVerdict[]>
  /** Returns the first anomaly or feed fault that closed after `ts`, or null. */
  alarmAfter(stream: Stream, ts: Ms): Promise<Verdict | null>
  /** Returns when the oldest bar with a verdict closed, or null. */
  firstJudged(stream: Stream): Promise<Ms | null>
  /** Like `verdictsAfter`, once the stream's commits that are under way have ended, also those of lost connections. */
  settledAfter(stream: Stream, seq: number, limit: number): Promise<readonly SequencedVerdict[]>
  /** Returns verdicts of the stream that were committed after `seq`, in order of commit. A reader that resumes after the last of them misses none. */
  verdictsAfter(stream: Stream, seq: number, limit: number): Promise<readonly SequencedVerdict[]>
  /** Returns the seq of the stream's newest commit, or 0. */
  lastSeq(stream: Stream): Promise<number>
}

/** Alarms that belong together, as the commits of their bars left them. */
export interface EpisodeStore {
  /** Returns episodes with a bar in the range, whole, the newest `limit` of them. */
  episodes(range: Range): Promise<readonly Episode[]>
}

/** People's opinions on verdicts. */
export interface LabelStore {
  /** Stores one label per bar: a later one replaces an earlier one. */
  saveLabel(label: Label, markedAt: Ms): Promise<void>
  labels(range: Range): Promise<readonly Label[]>
}
