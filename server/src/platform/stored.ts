import { CandlewatchError } from '@candlewatch/core/errors'

/**
 * Runs a write of rows. Throws ERR_NOT_STORED if the write fails; the database's own error is the cause. ERR_STREAM_MOVED
 * stays: sending the rows again to this server would not help.
 *
 * @example
 * const seqs = await stored(() => store.commit(stream, steps, null))
 */
export async function stored<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    if (cause instanceof CandlewatchError && cause.code === 'ERR_STREAM_MOVED') throw cause
    throw new CandlewatchError(
      'ERR_NOT_STORED',
      'The database did not store the rows, so they were not answered. Send the same rows again.',
      { cause },
    )
  }
}
