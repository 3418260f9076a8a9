import { isoDate } from './interval.ts'
import type { Episode, Fault, FeedFault, Lane, Ms, Severity, Verdict } from './types.ts'
import { agreementOf, isPastRange, sizeOf } from './verdict.ts'

/** The fields of a verdict that an episode is made of. */
export type Alarm = Pick<
  Verdict,
  | ('id' | 'market' | 'interval' | 'date' | 'ts' | 'isAnomaly' | 'lane' | 'severity' | 'pValue' | 'reason')
  | ('high' | 'low' | 'side' | 'detectors' | 'mergeMs')
>

/** An episode while alarms may still join it: all that its next state follows from. */
export interface OpenEpisode {
  readonly first: Alarm
  /** Its rarest alarm; of equally rare ones the first. */
  readonly peak: Alarm
  readonly last: Alarm
  readonly alarms: number
  /** True if a bar of it went above the 90 % range of the high, or below that of the low. */
  readonly left: Readonly<Record<'high' | 'low', boolean>>
}

/** The episode after one more alarm; `open` is null for the first one. */
export function withAlarm(open: OpenEpisode | null, alarm: Alarm): OpenEpisode {
  const left = {
    high: open?.left.high || (alarm.high !== null && isPastRange('high', alarm.high)),
    low: open?.left.low || (alarm.low !== null && isPastRange('low', alarm.low)),
  }
  if (!open) return { first: alarm, peak: alarm, last: alarm, alarms: 1, left }
  const peak = pValueOf(alarm) < pValueOf(open.peak) ? alarm : open.peak
  return { first: open.first, peak, last: alarm, alarms: open.alarms + 1, left }
}

/** The episode as it is shown. `recovered`: the bar after which it was over, null while it may go on. */
export function shownEpisode({ first, peak, last, alarms, left }: OpenEpisode, recovered: Ms | null): Episode {
  const fallOrRise = peak.side === 'low' ? 'fall' : 'rise'
  return {
    id: first.id,
    market: first.market,
    interval: first.interval,
    lane: peak.lane as Lane,
    type: left.high && left.low ? 'swing' : fallOrRise,
    start: first.date,
    peak: peak.date,
    end: last.date,
    recovered: recovered === null ? null : isoDate(recovered),
    alarms,
    severity: peak.severity as Severity,
    pValue: pValueOf(peak),
    size: sizeOf(peak),
    ...agreementOf(peak),
    reason: peak.reason,
  }
}

const pValueOf = ({ pValue }: Alarm) => pValue as number

/** The episode of these alarms, oldest first; null if there are none. */
export function episodeOf(alarms: readonly Alarm[], recovered: Ms | null): Episode | null {
  const open = alarms.reduce<OpenEpisode | null>(withAlarm, null)
  return open && shownEpisode(open, recovered)
}

/** A verdict whose status is `feed-fault`, as a row of a log. */
export function loggedFault(verdict: Verdict): Fault {
  const { id, market, interval, date, fault, pValue, reason } = verdict
  const { kind } = fault as FeedFault
  return { id, market, interval, date, type: kind, pValue, size: sizeOf(verdict), ...agreementOf(verdict), reason }
}
