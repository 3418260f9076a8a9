import { isoDate, parseInterval } from '../interval.ts'
import type { Episode, Lane, Move, Ms, Severity, Verdict } from '../types.ts'
import { agreementOf, isPastRange, sizeOf } from '../verdict.ts'
import { mergeMs } from './budget.ts'

/** What an episode is made of. */
export type Alarm = Pick<
  Verdict,
  | ('id' | 'market' | 'interval' | 'date' | 'ts' | 'isAnomaly' | 'lane' | 'severity' | 'pValue' | 'because')
  | ('high' | 'low' | 'side' | 'detectors')
>

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

/** Of one alarm at least. */
function episodeOf(alarms: readonly Alarm[], recovered: string | null): Episode {
  const [first, last] = [alarms[0], alarms.at(-1)] as [Alarm, Alarm]
  const peak = alarms.reduce((rarest, alarm) => (rarity(alarm) < rarity(rarest) ? alarm : rarest))
  const { id, market, interval } = first
  return {
    ...{ id, market, interval, lane: peak.lane as Lane, type: moveOf(alarms, peak) },
    ...{ start: first.date, peak: peak.date, end: last.date, recovered, alarms: alarms.length },
    ...{ severity: peak.severity as Severity, pValue: rarity(peak), size: sizeOf(peak), ...agreementOf(peak) },
    because: peak.because,
  }
}

const rarity = ({ pValue }: Alarm) => pValue as number

function moveOf(alarms: readonly Alarm[], peak: Alarm): Move {
  const left = (side: 'high' | 'low') =>
    alarms.some(({ [side]: outcome }) => outcome !== null && isPastRange(side, outcome))
  if (left('high') && left('low')) return 'swing'
  return peak.side === 'low' ? 'fall' : 'rise'
}
