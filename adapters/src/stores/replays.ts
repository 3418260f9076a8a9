import type { Stream } from '@candlewatch/core/time'
import type { Bar, Replay } from '@candlewatch/core/types'

/** Replays and how far each has got. */
export interface ReplayStore {
  /** Adds a replay or replaces it. */
  saveReplay(replay: Replay): Promise<void>
  /** Replaces a replay that still has this revision. Returns false, and has changed nothing, if it has another. */
  changeReplay(replay: Replay, revision: number): Promise<boolean>
  replay(id: string): Promise<Replay | null>
  /** Returns the newest first. */
  replays(limit: number): Promise<readonly Replay[]>
  /** Records, before they are stored, that rows come which no replay sends. From then on replays keep out of the stream. */
  markReal(stream: Stream): Promise<void>
  /** Tells whether a replay may write to the stream: replays sent all of its rows, or it has none. */
  isForReplays(stream: Stream): Promise<boolean>
  /**
   * Prepares a stream for a replay in one transaction: deletes everything that earlier replays wrote to it, if asked, and adds
   * the warm-up. Labels stay: people gave them. Returns false, and has written nothing, if the stream is not for replays.
   */
  prepareReplay(stream: Stream, start: ReplayStart): Promise<boolean>
}

/** What a replay needs in its stream before its first row. */
export interface ReplayStart {
  readonly startOver: boolean
  /** Bars that get no verdict, oldest first. Bars that are stored already stay as they are. */
  readonly warmUp: readonly Bar[]
}
