import type { Episode, Fault, FeedFault, Lane, Move, Severity, Verdict } from './types.ts'
import { agreementOf, isPastRange, sizeOf } from './verdict.ts'

/** The fields of a verdict that an episode is made of. */
export type Alarm = Pick<
  Verdict,
  | ('id' | 'market' | 'interval' | 'date' | 'ts' | 'isAnomaly' | 'lane' | 'severity' | 'pValue' | 'reason')
  | ('high' | 'low' | 'side' | 'detectors')
>

/** Makes an episode of at least one alarm, oldest first. `recovered`: the bar after which it was over, null while it may go on. */
export function episodeOf(alarms: readonly Alarm[], recovered: string | null): Episode {
  const [first, last] = [alarms[0], alarms.at(-1)] as [Alarm, Alarm]
  const peak = alarms.reduce((rarest, alarm) => (rarity(alarm) < rarity(rarest) ? alarm : rarest))
  const { id, market, interval } = first
  return {
    id,
    market,
    interval,
    lane: peak.lane as Lane,
    type: moveOf(alarms, peak),
    start: first.date,
    peak: peak.date,
    end: last.date,
    recovered,
    alarms: alarms.length,
    severity: peak.severity as Severity,
    pValue: rarity(peak),
    size: sizeOf(peak),
    ...agreementOf(peak),
    reason: peak.reason,
  }
}

const rarity = ({ pValue }: Alarm) => pValue as number

function moveOf(alarms: readonly Alarm[], peak: Alarm): Move {
  const left = (side: 'high' | 'low') =>
    alarms.some(({ [side]: outcome }) => outcome !== null && isPastRange(side, outcome))
  if (left('high') && left('low')) return 'swing'
  return peak.side === 'low' ? 'fall' : 'rise'
}

/** A verdict whose status is `feed-fault`, as a row of a log. */
export function loggedFault(verdict: Verdict): Fault {
  const { id, market, interval, date, fault, pValue, reason } = verdict
  const { kind } = fault as FeedFault
  return { id, market, interval, date, type: kind, pValue, size: sizeOf(verdict), ...agreementOf(verdict), reason }
}
