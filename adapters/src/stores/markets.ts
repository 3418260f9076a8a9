import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** The answer to whether a stream may be judged: it is known or was added, it is archived, or there are too many streams. */
export type Admission = 'admitted' | 'archived' | 'full'

/** The streams that are judged. */
export interface MarketStore {
  /** Adds a stream unless it is known already or there are `max` of them. */
  admit(stream: Stream, max: number): Promise<Admission>
  /**
   * Archives a stream, or takes it into use again with null. Its judge learns of it before the next bar is stored.
   * Resolves to false for a stream without bars.
   */
  archive(stream: Stream, at: Ms | null): Promise<boolean>
  /** Lists the archived streams, by market and interval. */
  archived(): Promise<readonly Stream[]>
  /**
   * Deletes everything about a stream, imported rows too, in parts; meanwhile it is archived. Interrupted, it can be called again.
   */
  deleteStream(stream: Stream): Promise<void>
}
