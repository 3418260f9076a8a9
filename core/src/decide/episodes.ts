import { type Alarm, episodeOf } from '../episode.ts'
import { isoDate, parseInterval } from '../interval.ts'
import type { Episode, Ms } from '../types.ts'
import { mergeMs } from './budget.ts'

/**
 * Verdicts of one stream, oldest first, into episodes, oldest first. An alarm within six hours of another is the same
 * episode; six hours without one end it, and only then does the next alarm begin another.
 */
export function episodesOf(verdicts: Iterable<Alarm>): Episode[] {
  const episodes: Episode[] = []
  let alarms: Alarm[] = []
  for (const verdict of verdicts) {
    const last = alarms.at(-1)
    if (last && verdict.ts - last.ts > mergeMs) {
      episodes.push(episodeOf(alarms, isoDate(last.ts + mergeMs - intervalOf(verdict))))
      alarms = []
    }
    if (verdict.isAnomaly) alarms.push(verdict)
  }
  if (alarms.length > 0) episodes.push(episodeOf(alarms, null))
  return episodes
}

const intervalOf = ({ interval }: Alarm) => parseInterval(interval) as Ms
