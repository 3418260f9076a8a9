import { isoDate, parseInterval } from '../interval.ts'
import type { Lane, Ms, Severity, Verdict } from '../types.ts'
import { mergeMs } from './budget.ts'

/** Alarms that belong together: one event, as a trader would tell it. Times are opens of bars, ISO 8601 UTC. */
export interface Episode {
  /** The id of the verdict that began it. */
  readonly id: string
  readonly market: string
  readonly interval: string
  readonly lane: Lane
  readonly start: string
  /** The rarest bar. */
  readonly peak: string
  /** The last bar that alarmed. */
  readonly end: string
  /** The bar after which it was over: no alarm for six hours. null while it may go on. */
  readonly recovered: string | null
  readonly alarms: number
  /** Of its peak. */
  readonly severity: Severity
  readonly pValue: number
  readonly because: string
}

/** What an episode is made of. */
export type Alarm = Pick<
  Verdict,
  'id' | 'market' | 'interval' | 'date' | 'ts' | 'isAnomaly' | 'lane' | 'severity' | 'pValue' | 'because'
>

/**
 * Verdicts of one stream, oldest first, into episodes, oldest first. An alarm within six hours of another is the same
 * episode; six hours without one end it, and only then does the next alarm begin another.
 */
export function episodesOf(verdicts: Iterable<Alarm>): Episode[] {
  const episodes: Episode[] = []
  let open: { episode: Episode; lastTs: number } | null = null
  for (const verdict of verdicts) {
    if (open && verdict.ts - open.lastTs > mergeMs) {
      episodes.push({ ...open.episode, recovered: isoDate(open.lastTs + mergeMs - intervalOf(verdict)) })
      open = null
    }
    if (!verdict.isAnomaly) continue
    open = { episode: open ? joined(open.episode, verdict) : begun(verdict), lastTs: verdict.ts }
  }
  if (open) episodes.push(open.episode)
  return episodes
}

const intervalOf = ({ interval }: Alarm) => parseInterval(interval) as Ms

function begun({ id, market, interval, date, lane, severity, pValue, because }: Alarm): Episode {
  return {
    ...{ id, market, interval, lane: lane as Lane, start: date, peak: date, end: date, recovered: null, alarms: 1 },
    ...{ severity: severity as Severity, pValue: pValue as number, because },
  }
}

function joined(episode: Episode, alarm: Alarm): Episode {
  const longer = { ...episode, end: alarm.date, alarms: episode.alarms + 1 }
  if ((alarm.pValue as number) >= episode.pValue) return longer
  const { date, severity, pValue, because, lane } = begunPeak(alarm)
  return { ...longer, peak: date, severity, pValue, because, lane }
}

const begunPeak = (alarm: Alarm) => ({
  date: alarm.date,
  lane: alarm.lane as Lane,
  severity: alarm.severity as Severity,
  pValue: alarm.pValue as number,
  because: alarm.because,
})
