import { CandlewatchError } from '@candlewatch/core/errors'

/** Runs one job at a time for each key, in the order in which they were added; keys do not wait for each other. */
export interface Queue {
  /** Runs a job when the earlier jobs of its key have ended. Throws ERR_BUSY when too many wait already. */
  add<T>(key: string, job: () => Promise<T>): Promise<T>
  /** Resolves when everything added so far has ended. */
  drained(): Promise<void>
}

/** Makes a queue in which at most `limit` jobs wait or run, over all keys. */
export function makeQueue(limit: number): Queue {
  const tails = new Map<string, Promise<unknown>>()
  let waiting = 0
  return {
    async add(key, job) {
      if (waiting >= limit) {
        throw new CandlewatchError(
          'ERR_BUSY',
          `Expected fewer than ${limit} waiting requests. Send it again in a second.`,
        )
      }
      waiting += 1
      const turn = (tails.get(key) ?? Promise.resolve()).then(job)
      const tail = turn.catch(() => undefined)
      tails.set(key, tail)
      try {
        return await turn
      } finally {
        waiting -= 1
        if (tails.get(key) === tail) tails.delete(key)
      }
    },
    async drained() {
      await Promise.all(tails.values())
    },
  }
}
