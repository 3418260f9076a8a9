import type { Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline } from '@candlewatch/core/types'

/** An alarm budget for all streams, and when it came into force. */
export interface BudgetRecord {
  readonly alarmsPerWeek: number
  /** The share of the budget that is reserved for feed faults. */
  readonly feedShare: number
  readonly at: Ms
  /** The reason for the change, as given by the person who made it. */
  readonly note: string
}

/** Every budget there was; the newest is in force. */
export interface BudgetStore {
  addBudget(budget: BudgetRecord): Promise<void>
  /** Returns the newest first. */
  budgets(limit: number): Promise<readonly BudgetRecord[]>
}

/** The past scores an engine started with. Scores of later bars are in its verdicts. */
export interface KnownScores extends Stream {
  /** name@version */
  readonly model: string
  /** Close of the last bar that the engine had learned; 0 = before any bar. */
  readonly ts: Ms
  readonly scores: Pipeline['scores']
}

/** Score histories that engines started with, so that another budget can be tried on their verdicts. */
export interface ScoreStore {
  /** Scores of the same stream, model and close that are stored already stay as they are. */
  saveKnownScores(known: KnownScores): Promise<void>
  /** Returns the newest `limit` entries of all models that closed before `toMs`, oldest first. */
  knownScores(stream: Stream, toMs: Ms, limit: number): Promise<readonly KnownScores[]>
}
