import type { EpisodeStore, VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import type { Stream } from '@candlewatch/core/time'
import { msOf } from '@candlewatch/core/time'
import type { Episode, Ms, Verdict } from '@candlewatch/core/types'
import { type Difference, firstDifference } from './difference.ts'

export type EpisodeHistory = EpisodeStore & VerdictStore

const pageRows = 1_000

/**
 * Compares the stored episodes of a stream with those that its stored verdicts make; null if they are equal. An episode that
 * began before `firstDate`, the oldest stored verdict, is left out: its first alarms were dropped with their year.
 */
export async function episodeDifference(
  store: EpisodeHistory,
  stream: Stream,
  firstDate: string,
): Promise<Difference | null> {
  const stored = await readAll(toMs => store.episodes({ ...stream, fromMs: null, toMs, limit: pageRows }), startOf)
  const older = stored.filter(({ start }) => start < firstDate)
  const kept = stored.slice(older.length)
  const lastDropped = older.at(-1)?.end ?? ''
  const made = (await episodesMade(store, stream)).filter(({ start }) => start > lastDropped)
  for (let i = 0; i < Math.max(kept.length, made.length); i++) {
    const [was, is] = [kept[i], made[i]]
    const found = firstDifference(was ?? null, is ?? null, 'episode')
    if (found) return { date: (was ?? is)?.start ?? '', ...found }
  }
  return null
}

async function episodesMade(store: EpisodeHistory, stream: Stream): Promise<readonly Episode[]> {
  const alarms = await readAll(
    async toMs =>
      (await store.anomalies({ ...stream, fromMs: null, toMs, limit: pageRows })).map(({ verdict }) => verdict),
    openOfVerdict,
  )
  const newest = await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 1 })
  return episodesOf([...alarms, ...newest.map(({ verdict }) => verdict).filter(({ isAnomaly }) => !isAnomaly)])
}

/** Reads pages from the newest back to the oldest, and returns the rows oldest first. */
async function readAll<T>(
  read: (toMs: Ms | null) => Promise<readonly T[]>,
  openOfRow: (row: T) => Ms,
): Promise<readonly T[]> {
  const pages: (readonly T[])[] = []
  for (let toMs: Ms | null = null; ; ) {
    const page: readonly T[] = await read(toMs)
    pages.unshift(page)
    const [oldest] = page
    if (oldest === undefined || page.length < pageRows) return pages.flat()
    toMs = openOfRow(oldest)
  }
}

const startOf = ({ start }: Episode) => msOf(start)
const openOfVerdict = ({ date }: Verdict) => msOf(date)
