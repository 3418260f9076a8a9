import type { Replay } from '@candlewatch/core/types'

/** Replays and how far each has got. */
export interface ReplayStore {
  /** Adds a replay or replaces it. */
  saveReplay(replay: Replay): Promise<void>
  replay(id: string): Promise<Replay | null>
  /** Returns the newest first. */
  replays(limit: number): Promise<readonly Replay[]>
}
