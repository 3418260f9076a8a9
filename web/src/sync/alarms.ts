import { batch } from '@preact/signals'
import type { Query } from '../api/ask.ts'
import { fetchEpisodes, fetchFaults, fetchLabels } from '../api/episodes.ts'
import { fetchFeed } from '../api/feeds.ts'
import { dispatch, state } from '../state/store.ts'
import { makePace } from './pace.ts'

/** Keeps episodes, faults, marks and the feed's health as the server has them. */
export interface AlarmsSync {
  /** All of it: at the beginning, and after a lost connection. */
  readAll(): Promise<void>
  /** An alarm or a fault has come, or a bar after one: the newest rows of the log may be others now. */
  touched(): void
  readHealth(): void
}

export function makeAlarmsSync({ market, interval }: Query): AlarmsSync {
  const query = { market, interval }
  const touched = makePace(() => void quietly(readNewest), 1_000)
  const readHealth = makePace(() => void quietly(readFeed), 2_000)
  return { readAll, touched, readHealth }

  async function readAll() {
    await readLog(null, null)
    dispatch({ kind: 'labels', labels: await fetchLabels(query) })
    await readFeed()
  }

  async function readNewest() {
    const { episodes, faults } = state.value
    // The last one may have grown.
    await readLog(episodes.at(-1)?.start ?? null, faults.at(-1)?.date ?? null)
  }

  /** Both kinds of rows come at once: a link to one is not missed because the other was here first. */
  async function readLog(start: string | null, date: string | null) {
    const [episodes, faults] = await Promise.all([
      fetchEpisodes({ ...query, ...(start && { from: start }) }),
      fetchFaults({ ...query, ...(date && { from: date }) }),
    ])
    batch(() => {
      dispatch({ kind: 'episodes', episodes, from: start })
      dispatch({ kind: 'faults', faults, from: date })
    })
  }

  async function readFeed() {
    dispatch({ kind: 'feed', feed: await fetchFeed(query) })
  }
}

/** What fails here comes again with the next bar; a lost connection says so itself. */
async function quietly(read: () => Promise<void>): Promise<void> {
  await read().catch(() => undefined)
}
