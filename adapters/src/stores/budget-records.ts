import type { Ms, Pipeline } from '@candlewatch/core/types'
import type { Stream } from './stream.ts'

/** A budget of alarms, from when it was in force, for all streams. */
export interface BudgetRecord {
  readonly alarmsPerWeek: number
  /** Of that budget, what goes to rows that are hard to believe. */
  readonly feedShare: number
  readonly at: Ms
  /** Why, in the words of whoever changed it. */
  readonly note: string
}

/** What an engine knew of past scores when it began to judge: those that came later stand in its verdicts. */
export interface KnownScores extends Stream {
  /** name@version */
  readonly model: string
  /** Close of the last bar it had learned; 0 = before any bar. */
  readonly ts: Ms
  readonly scores: Pipeline['scores']
}

/** The part of the store that is about budgets. */
export interface BudgetStore {
  /** The newest is in force. */
  addBudget(budget: BudgetRecord): Promise<void>
  /** Newest first. */
  budgets(limit: number): Promise<readonly BudgetRecord[]>
  /** Those of the same stream, model and close stand as they were first. */
  saveKnownScores(known: KnownScores): Promise<void>
  /** Of every model of the stream, oldest first: those that closed before `toMs`, and of these no more than `limit`. */
  knownScores(stream: Stream, toMs: Ms, limit: number): Promise<readonly KnownScores[]>
}
