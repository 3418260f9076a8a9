import type { Bar, Ms, Step, Verdict } from '@candlewatch/core/types'
import type { KnownScores } from './budget-records.ts'
import type { Range, Snapshot, Stream } from './stream.ts'

/** An engine that began anew, warmed up on the bars before: all that it said since follows from the bars. */
export interface Beginning extends Stream {
  /** name@version */
  readonly model: string
  /** Close of the last bar it had learned; 0 = before any bar. */
  readonly ts: Ms
  /** Its version: another one judges otherwise. */
  readonly engine: number
}

export interface StoredBeginning extends Beginning {
  /** The newest verdict of any stream when it began. */
  readonly afterSeq: number
}

/** A judged bar whose numbers were corrected. */
export interface Correction extends Stream {
  readonly id: number
  readonly before: Bar
  readonly after: Bar
  /** 1 is the first correction of the bar. */
  readonly revision: number
  readonly reason: string
  readonly at: Ms
  /** How many verdicts no longer stand for it. */
  readonly withdrawn: number
}

export interface WithdrawnVerdicts {
  readonly correction: Correction
  readonly verdicts: readonly Verdict[]
}

/** What is to be written with a correction, in one transaction. */
export interface CorrectionWork {
  readonly bar: Bar
  readonly reason: string
  readonly at: Ms
  /** The corrected bar and all after it, judged again. */
  readonly steps: readonly Step[]
  readonly snapshot: Snapshot
  readonly beginning: Beginning
  readonly known: KnownScores
}

/** A verdict as it was written, and the bar that it judged. */
export interface JudgedBar {
  readonly seq: number
  readonly model: string
  readonly bar: Bar
  /** JSON, to the byte. */
  readonly body: string
}

/** The part of the store that knows how verdicts came about. */
export interface CorrectionStore {
  saveBeginning(beginning: Beginning): Promise<void>
  /** In the order in which they began. */
  beginnings(stream: Stream): Promise<readonly StoredBeginning[]>
  /** The bar becomes a further revision; its verdict and those after it are withdrawn, not erased, and the steps' stand. Returns one seq a step. */
  correct(
    stream: Stream,
    work: CorrectionWork,
  ): Promise<{ readonly correction: Correction; readonly seqs: readonly number[] }>
  corrections(range: Range): Promise<readonly Correction[]>
  /** A correction with the verdicts that no longer stand for it, oldest first, no more than `limit`; null for none of that id. */
  correction(id: number, limit: number): Promise<WithdrawnVerdicts | null>
  /** In order of commit, those that were withdrawn too. */
  judged(stream: Stream, afterSeq: number, limit: number): Promise<readonly JudgedBar[]>
  /** The newest bars that closed by `ts`, as they were known when verdict `seq` was the newest; oldest first. */
  barsKnownAt(stream: Stream, ts: Ms, seq: number, limit: number): Promise<readonly Bar[]>
}
