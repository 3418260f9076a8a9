import type { Row } from '@candlewatch/api/bars'

/**
 * A place in a source's rows, as a text that only this source understands, also after a restart. The consumer stores it
 * together with what it made of the rows, so that no row is lost or taken twice.
 */
export type Position = string

/** Rows that arrived together; at least one. They have not been checked yet. Rows of one stream come oldest first. */
export interface Batch {
  readonly rows: readonly Row[]
  /** Reading after this position continues with the row after the last of `rows`. */
  readonly position: Position
}

/** The state of a source, for the feeds page and metrics. */
export interface SourceHealth {
  /**
   * `idle`: nobody reads it. `reading`: rows are delivered as they come. `retrying`: the origin can't be reached and is
   * tried again. `ended`: all rows were delivered. `failed`: reading stopped with `error`.
   */
  readonly state: 'idle' | 'reading' | 'retrying' | 'ended' | 'failed'
  /** The position of the newest batch that the consumer took; null before the first. */
  readonly position: Position | null
  /** The reason for `retrying` and `failed`; null otherwise. */
  readonly error: Error | null
}

/**
 * A place where rows come from: a file, an exchange, a topic. Every row goes through the row check before it is judged.
 * Implementations pass contract/source.suite.ts.
 */
export interface Source {
  /** Unique among the sources of a process; names it in logs and metrics, and is the key of its stored position. */
  readonly name: string
  /**
   * Delivers the rows after a position, or all rows. The consumer sets the pace: the next batch is delivered when it is
   * asked for, and a source keeps a bounded number of rows waiting. The iteration ends after the last row of a source that
   * has one, rejects with the signal's reason when aborted, and rejects with the error of a source that fails. It may be
   * left at any batch and read again. A source has one reader at a time.
   */
  read(after: Position | null, signal: AbortSignal): AsyncIterable<Batch>
  health(): SourceHealth
}

/** The most rows in a batch: what one commit takes. */
export const maxBatchRows = 1_000

/** Makes `read` and `health` of a source from a function that delivers batches. */
export function tracked(deliver: Source['read']): Pick<Source, 'read' | 'health'> {
  let health: SourceHealth = { state: 'idle', position: null, error: null }
  const become = (state: SourceHealth['state'], error: Error | null = null) => {
    health = { state, position: health.position, error }
  }

  return {
    health: () => health,
    async *read(after, signal) {
      become('reading')
      try {
        signal.throwIfAborted()
        for await (const batch of deliver(after, signal)) {
          signal.throwIfAborted()
          health = { state: 'reading', position: batch.position, error: null }
          yield batch
          signal.throwIfAborted()
        }
        become('ended')
      } catch (error) {
        if (!signal.aborted) become('failed', error instanceof Error ? error : new Error(String(error)))
        throw error
      } finally {
        // The consumer left, or aborted.
        if (health.state === 'reading') become('idle')
      }
    },
  }
}
