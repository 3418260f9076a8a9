import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { ScoreStore } from './budgets.ts'
import type { CommitStore, SnapshotStore } from './commits.ts'
import type { CorrectionStore, JudgingStore } from './corrections.ts'

/** A server process that works on the store. */
export interface Process {
  /** A number of its registration; a later registration has a larger one. */
  readonly epoch: number
  /** Where other servers reach it; null until it listens. */
  readonly address: string | null
  /** The key that another server sends with a request that it forwards. */
  readonly key: string
}

/** The writes of a judge about a stream. */
export type JudgedWrites = CommitStore &
  Pick<CorrectionStore, 'correct'> &
  Pick<JudgingStore, 'saveBeginning'> &
  Pick<ScoreStore, 'saveKnownScores'> &
  Pick<SnapshotStore, 'saveSnapshot'>

/**
 * Which process judges which stream. A process is valid until `validMs` after its last renewal, by the store's clock. A
 * stream stays with its process while that is valid, or until it leaves.
 */
export interface OwnerStore {
  /** Registers a process and resolves to its epoch. */
  register(process: Omit<Process, 'epoch'>, validMs: number): Promise<number>
  /** Resolves to all valid processes; null if this one was no longer valid. It has then lost its streams and must register anew. */
  renew(process: Omit<Process, 'key'>, validMs: number): Promise<readonly Process[] | null>
  /** Takes a stream unless another valid process has it. Resolves to the epoch of its owner; null if the claiming process is not valid. */
  claim(stream: Stream, epoch: number): Promise<number | null>
  /** Gives up all streams of a process at once. */
  leave(epoch: number): Promise<void>
  /** The writes of a process: each throws ERR_STREAM_MOVED once the stream belongs to another. */
  writesOf(epoch: number): JudgedWrites
}

/** The error of a write to a stream that belongs to another process. */
export function streamMoved({ market }: Pick<Stream, 'market'>, cause?: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_STREAM_MOVED',
    `Expected this server to judge ${market}, but another one has taken it over. Send the request again.`,
    { cause },
  )
}
