import type { Stream } from '@candlewatch/core/time'
import type { Bar } from '@candlewatch/core/types'

/** Rows that are far ahead of the newest bar of their stream and not confirmed yet, at most one a stream. */
export interface HeldRowStore {
  held(stream: Stream): Promise<Bar | null>
  /** Keeps a row in place of an earlier one. */
  hold(stream: Stream, bar: Bar): Promise<void>
  /** Forgets the row of a stream, if there is one. */
  release(stream: Stream): Promise<void>
}
