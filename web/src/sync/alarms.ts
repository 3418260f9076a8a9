import { maxRows } from '@candlewatch/api/values/limits'
import { batch } from '@preact/signals'
import { ask, type StreamQuery } from '../api/ask.ts'
import { dispatch, state } from '../state/store.ts'
import { makePace } from './pace.ts'

/** Keeps episodes, faults, marks and the feed's health equal to the server's. */
export interface AlarmsSync {
  /** Reads everything: at the start, and after a lost connection. */
  readAll(): Promise<void>
  /** Reads the newest episodes and faults, after an alarm, a fault, or a bar that can end an episode. */
  readNewest(): void
  readFeed(): void
}

/** Makes the sync of one stream. */
export function makeAlarmsSync({ market, interval }: StreamQuery): AlarmsSync {
  const stream = { market, interval }
  return {
    async readAll() {
      await readLog(null, null)
      const { labels } = await ask('GET /api/labels', { query: { ...stream, limit: maxRows } })
      dispatch({ kind: 'labels', labels })
      await readFeed()
    },
    readNewest: makePace(() => {
      const { episodes, faults } = state.value
      // The last episode may have grown.
      ignoreFailure(readLog(episodes.at(-1)?.start ?? null, faults.at(-1)?.date ?? null))
    }, 1_000),
    readFeed: makePace(() => ignoreFailure(readFeed()), 2_000),
  }

  /** Reads episodes and faults together, so that a link to either is found when the list is there. */
  async function readLog(start: string | null, date: string | null) {
    const [{ episodes }, { faults }] = await Promise.all([
      ask('GET /api/episodes', { query: { ...stream, limit: maxRows, ...(start && { from: start }) } }),
      ask('GET /api/faults', { query: { ...stream, limit: maxRows, ...(date && { from: date }) } }),
    ])
    batch(() => {
      dispatch({ kind: 'episodes', episodes, from: start })
      dispatch({ kind: 'faults', faults, from: date })
    })
  }

  async function readFeed() {
    const { feeds } = await ask('GET /api/feeds', { query: stream })
    dispatch({ kind: 'feed', feed: feeds[0] ?? null })
  }
}

/** A read that fails is repeated with the next bar; a lost connection is reported elsewhere. */
function ignoreFailure(read: Promise<void>): void {
  read.catch(() => undefined)
}
