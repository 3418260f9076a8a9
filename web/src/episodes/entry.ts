import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import { isoDate } from '@candlewatch/core/interval'
import type { Lane, Ms } from '@candlewatch/core/types'
import type { Agreement } from '@candlewatch/core/verdict'
import type { EpisodeType, MarkKind } from '../marks/marks.ts'

/** What the log has a row for: an episode, or a fault of the feed, which is one bar. Times are opens. */
export interface Entry extends Agreement {
  /** Of its first bar: what a link names it by. */
  readonly start: Ms
  readonly peak: Ms
  readonly end: Ms
  readonly isOver: boolean
  readonly kind: MarkKind
  readonly type: EpisodeType
  readonly lane: Lane
  readonly alarms: number
  readonly pValue: number | null
  /** Signed distance of the price that gave it away from what was expected, as a share; null without a forecast. */
  readonly size: number | null
  readonly because: string
}

/** Newest first. */
export function entriesOf(episodes: readonly Episode[], faults: readonly Fault[]): Entry[] {
  return [...episodes.map(entryOf), ...faults.map(faultEntry)].sort((a, b) => b.start - a.start)
}

function entryOf(episode: Episode): Entry {
  const { severity, type, lane, alarms, pValue, size, seenBy, detectors, because, recovered } = episode
  const [start, peak, end] = [msOf(episode.start), msOf(episode.peak), msOf(episode.end)]
  const times = { start, peak, end, isOver: recovered !== null }
  return { ...times, kind: severity, type, lane, alarms, pValue, size, seenBy, detectors, because }
}

function faultEntry({ date, type, pValue, size, seenBy, detectors, because }: Fault): Entry {
  const at = msOf(date)
  const one = { start: at, peak: at, end: at, isOver: true, kind: 'fault', lane: 'feed', alarms: 1 } as const
  return { ...one, type, pValue, size, seenBy, detectors, because }
}

const msOf = (date: string) => Date.parse(date) as Ms

const head =
  'severity,type,lane,start_utc,peak_utc,end_utc,hours,alarms,size_percent,p_value,seen_by,detectors,mark,because'

/** As the log shows it, for a spreadsheet. Dates are UTC. */
export function csvOf(entries: readonly Entry[], intervalMs: number, labels: ReadonlyMap<number, string>): string {
  const rows = entries.map(({ start, peak, end, size, because, ...entry }) =>
    [
      ...[entry.kind, entry.type, entry.lane, isoDate(start), isoDate(peak), isoDate(end)],
      ...[(end - start + intervalMs) / 3_600_000, entry.alarms, size === null ? '' : (size * 100).toFixed(2)],
      ...[entry.pValue ?? '', entry.seenBy, entry.detectors, labels.get(peak) ?? '', quoted(because)],
    ].join(','),
  )
  return [head, ...rows, ''].join('\n')
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
