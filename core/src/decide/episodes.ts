import { type Alarm, type OpenEpisode, shownEpisode, withAlarm } from '../episode.ts'
import { openOf, streamOf } from '../time.ts'
import type { Episode, EpisodeEvent, Ms } from '../types.ts'
import { mergeWindowOf } from './merge-window.ts'

/**
 * The episodes of one stream while its bars are judged. An alarm within the merge window of another, by the budget
 * of the first of them, belongs to the same episode; the first bar later than that closes it, and may itself open the next one.
 */
export class EpisodeTracker {
  #open: OpenEpisode | null = null

  /** Takes the next verdict, oldest first, and returns what it changes: nothing for most bars, two events at most. */
  next(verdict: Alarm): readonly EpisodeEvent[] {
    const open = this.#open
    const isOver = open !== null && verdict.ts - open.last.ts > mergeWindowOf(open.last)
    if (!isOver && !verdict.isAnomaly) return []
    const events: EpisodeEvent[] = []
    if (isOver) {
      events.push({ kind: 'closed', episode: shownEpisode(open, recoveredAfter(open.last)) })
      this.#open = null
    }
    if (verdict.isAnomaly) {
      const kind = this.#open ? 'updated' : 'opened'
      this.#open = withAlarm(this.#open, verdict)
      events.push({ kind, episode: shownEpisode(this.#open, null) })
    }
    return events
  }
}

/** The open of the last bar that could have continued the episode of this alarm; its own if it is longer than the merge window. */
function recoveredAfter(last: Alarm): Ms {
  const { intervalMs } = streamOf(last)
  const bars = Math.floor(mergeWindowOf(last) / intervalMs)
  return (openOf(last, intervalMs) + bars * intervalMs) as Ms
}

/** The episodes of one stream's verdicts, both oldest first; the last one may still be open. */
export function episodesOf(verdicts: Iterable<Alarm>): Episode[] {
  const tracker = new EpisodeTracker()
  const episodes: Episode[] = []
  for (const verdict of verdicts) {
    for (const { kind, episode } of tracker.next(verdict)) {
      if (kind === 'opened') episodes.push(episode)
      else episodes[episodes.length - 1] = episode
    }
  }
  return episodes
}
