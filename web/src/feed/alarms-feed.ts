import * as alarms from '../api/alarms.ts'
import type { Query } from '../api/ask.ts'
import { dispatch, state } from '../state/store.ts'
import { makePace } from './pace.ts'

/** Keeps episodes, marks and the feed's health as the server has them. */
export interface AlarmsFeed {
  /** All of it: at the beginning, and after a lost connection. */
  readAll(): Promise<void>
  /** An alarm has come, or a bar after one: the newest episodes may be others now. */
  touched(): void
  readHealth(): void
}

export function makeAlarmsFeed({ market, interval }: Query): AlarmsFeed {
  const query = { market, interval }
  const touched = makePace(() => void quietly(readNewest), 1_000)
  const readHealth = makePace(() => void quietly(readFeed), 2_000)
  return { readAll, touched, readHealth }

  async function readAll() {
    dispatch({ kind: 'episodes', episodes: await alarms.fetchEpisodes(query), from: null })
    dispatch({ kind: 'labels', labels: await alarms.fetchLabels(query) })
    await readFeed()
  }

  async function readNewest() {
    // The last one may have grown.
    const from = state.value.episodes.at(-1)?.start ?? null
    dispatch({ kind: 'episodes', episodes: await alarms.fetchEpisodes(from ? { ...query, from } : query), from })
  }

  async function readFeed() {
    dispatch({ kind: 'feed', feed: await alarms.fetchFeed(query) })
  }
}

/** What fails here comes again with the next bar; a lost connection says so itself. */
async function quietly(read: () => Promise<void>): Promise<void> {
  await read().catch(() => undefined)
}
