import type { EpisodeStore, VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import type { Stream } from '@candlewatch/core/time'
import { msOf } from '@candlewatch/core/time'
import type { Episode, Ms } from '@candlewatch/core/types'

/** The ports that an episode tracker is resumed from. */
export type EpisodeHistory = VerdictStore & EpisodeStore

/** A tracker at some bar of its stream, and the newest episode as of that bar; null if none had begun. */
export interface TrackerAt {
  readonly tracker: EpisodeTracker
  readonly newest: Episode | null
}

const maxAlarms = 100_000

/** Brings a new tracker to where the verdicts on bars that opened before `toMs` left it; null: all that are stored. */
export async function trackerAt(store: EpisodeHistory, stream: Stream, toMs: Ms | null): Promise<TrackerAt> {
  const tracker = new EpisodeTracker()
  const [stored] = await store.episodes({ ...stream, fromMs: null, toMs, limit: 1 })
  if (!stored) return { tracker, newest: null }
  const range = { ...stream, fromMs: msOf(stored.start), toMs }
  const alarms = await store.anomalies({ ...range, limit: maxAlarms })
  // A later bar without an alarm may have closed it.
  const last = await store.verdicts({ ...range, limit: 1 })
  const verdicts = [...alarms, ...last.filter(({ verdict }) => !verdict.isAnomaly)]
  const events = verdicts.flatMap(({ verdict }) => tracker.next(verdict))
  return { tracker, newest: events.at(-1)?.episode ?? null }
}
