import type { CorrectionKind } from '@candlewatch/api/verdict'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Episode, Ms, Step, Verdict } from '@candlewatch/core/types'
import type { Range } from './bars.ts'
import type { KnownScores } from './budgets.ts'
import type { Snapshot } from './commits.ts'
import type { EngineSettings } from './settings.ts'

/** A change of bars of a stream after later ones, or they themselves, were judged. */
export interface Correction extends Stream {
  readonly id: number
  readonly kind: CorrectionKind
  /** Open of the first bar that it changes. */
  readonly openMs: Ms
  /** How many bars it changes. More than one only if they fill gaps. */
  readonly bars: number
  /** The first of these bars as it was; null if it was missing. */
  readonly before: Bar | null
  /** The same bar as it is now; null if it was withdrawn. */
  readonly after: Bar | null
  /** 1 is the first correction of the bar's numbers; 0 if they were not corrected. */
  readonly revision: number
  readonly reason: string
  readonly at: Ms
  /** How many verdicts the correction withdrew. */
  readonly withdrawn: number
}

/** A correction and the verdicts that it withdrew. */
export interface WithdrawnVerdicts {
  readonly correction: Correction
  readonly verdicts: readonly Verdict[]
}

/** Everything that one correction writes, in one transaction. */
export interface CorrectionWork {
  readonly kind: CorrectionKind
  /** The bars that it changes, oldest first: one or more that fill gaps, otherwise exactly one. */
  readonly bars: readonly [Bar, ...Bar[]]
  readonly reason: string
  readonly at: Ms
  /** The changed bars and all after the first of them, judged again. */
  readonly steps: readonly Step[]
  /** The newest episode that began before the first changed bar, as it stood then; null if there is none. */
  readonly episodeBefore: Episode | null
  readonly snapshot: Snapshot
  readonly beginning: Beginning
  /** Where the engine entered another calendar year while it judged the steps again. */
  readonly yearStarts: readonly YearStart[]
  readonly known: KnownScores
}

/** Corrections of judged bars. */
export interface CorrectionStore {
  /**
   * Stores the bars as they are now, withdraws the verdicts from the first of them on without erasing them, and writes the new
   * ones. Returns one seq per step.
   */
  correct(
    stream: Stream,
    work: CorrectionWork,
  ): Promise<{ readonly correction: Correction; readonly seqs: readonly number[] }>
  corrections(range: Range): Promise<readonly Correction[]>
  /** Returns a correction with the first `limit` verdicts that it withdrew, oldest first; null if there is no such id. */
  correction(id: number, limit: number): Promise<WithdrawnVerdicts | null>
}

/** An engine that enters a calendar year, after that many of the steps of a correction. */
export interface YearStart {
  readonly stepsBefore: number
  readonly beginning: Beginning
}

/**
 * A point from which the later verdicts of an engine follow from the bars alone: its start, where it was warmed up on the bars
 * before; the first bar of a calendar year; or its return after another model has judged.
 */
export interface Beginning extends Stream {
  /** name@version */
  readonly model: string
  /** Close of the last bar that the engine had learned; 0 = before any bar. */
  readonly ts: Ms
  /** The version of the engine's code: another version judges differently. */
  readonly engine: number
  /** On how many bars it was warmed up; null if it went on from what it knew, or if an earlier version wrote the row. */
  readonly learned: number | null
  /** The settings with which the engine was made; left out for the usual ones. */
  readonly settings?: EngineSettings
  /** The engine's state if it went on, which is needed once bars that it had learned are dropped; null where it was warmed up. */
  readonly state: Uint8Array | null
}

/** An engine start with its place in the order of verdicts. */
export interface StoredBeginning extends Omit<Beginning, 'state'> {
  /** Later beginnings have greater ones. */
  readonly id: number
  /** The newest verdict of any stream at that moment. */
  readonly afterSeq: number
  /** True if `beginningState` returns what the engine knew. */
  readonly hasState: boolean
}

/** A calendar year (UTC) of a stream whose bars and verdicts retention dropped. */
export interface DroppedYear {
  readonly year: number
  /** The id of the newest beginning at that moment. */
  readonly afterBeginning: number
}

/** A verdict as it was written, and the bar that it judged. */
export interface JudgedBar {
  readonly seq: number
  readonly model: string
  readonly bar: Bar
  /** The verdict's JSON, byte for byte. */
  readonly body: string
}

/** Everything that is needed to judge all bars again and compare. */
export interface JudgingStore {
  saveBeginning(beginning: Beginning): Promise<void>
  /** Returns engine starts in the order in which they happened. */
  beginnings(stream: Stream): Promise<readonly StoredBeginning[]>
  /** Returns what an engine knew at its start; null if that is not stored. */
  beginningState(beginning: StoredBeginning): Promise<Uint8Array | null>
  droppedYears(stream: Stream): Promise<readonly DroppedYear[]>
  /** Returns verdicts in order of commit, withdrawn ones included. */
  judged(stream: Stream, afterSeq: number, limit: number): Promise<readonly JudgedBar[]>
  /**
   * Returns the newest bars that closed by `ts` and, if given, after `afterTs`, as they were known when verdict `seq` was the
   * newest; oldest first.
   */
  barsKnownAt(stream: Stream, ts: Ms, seq: number, limit: number, afterTs?: Ms): Promise<readonly Bar[]>
}
