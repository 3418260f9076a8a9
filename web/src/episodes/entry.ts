import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Ms } from '@candlewatch/api/units'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs, msOf } from '@candlewatch/core/time'
import type { Agreement } from '@candlewatch/core/verdict'
import type { EpisodeType, MarkKind } from '../marks/marks.ts'

/** A row of the list: an episode, or a fault of the feed, which is one bar. Times are opens. */
export interface Entry extends Agreement {
  /** The open of the first bar, by which a link names it. */
  readonly start: Ms
  readonly peak: Ms
  readonly end: Ms
  readonly isOver: boolean
  readonly kind: MarkKind
  readonly type: EpisodeType
  readonly lane: Episode['lane']
  readonly alarms: number
  readonly pValue: number | null
  /** The signed distance of the high or low from its forecast, as a share; null without a forecast. */
  readonly size: number | null
  readonly because: string
}

/** The rows of episodes and faults, newest first. */
export function entriesOf(episodes: readonly Episode[], faults: readonly Fault[]): Entry[] {
  return [...episodes.map(episodeEntry), ...faults.map(faultEntry)].sort((a, b) => b.start - a.start)
}

function episodeEntry(episode: Episode): Entry {
  const { severity, type, lane, alarms, pValue, size, seenBy, detectors, because, recovered } = episode
  return {
    start: msOf(episode.start),
    peak: msOf(episode.peak),
    end: msOf(episode.end),
    isOver: recovered !== null,
    kind: severity,
    type,
    lane,
    alarms,
    pValue,
    size,
    seenBy,
    detectors,
    because,
  }
}

function faultEntry({ date, type, pValue, size, seenBy, detectors, because }: Fault): Entry {
  const at = msOf(date)
  return {
    start: at,
    peak: at,
    end: at,
    isOver: true,
    kind: 'fault',
    lane: 'feed',
    alarms: 1,
    type,
    pValue,
    size,
    seenBy,
    detectors,
    because,
  }
}

const head =
  'severity,type,lane,start_utc,peak_utc,end_utc,hours,alarms,size_percent,p_value,seen_by,detectors,mark,because'

/** The rows as a CSV file, in the order given. Dates are UTC. */
export function csvOf(entries: readonly Entry[], intervalMs: number, labels: ReadonlyMap<number, string>): string {
  const rows = entries.map(entry => {
    const { start, peak, end, size } = entry
    const cells = [
      entry.kind,
      entry.type,
      entry.lane,
      isoDate(start),
      isoDate(peak),
      isoDate(end),
      (end - start + intervalMs) / hourMs,
      entry.alarms,
      size === null ? '' : (size * 100).toFixed(2),
      entry.pValue ?? '',
      entry.seenBy,
      entry.detectors,
      labels.get(peak) ?? '',
      quoted(entry.because),
    ]
    return cells.join(',')
  })
  return [head, ...rows, ''].join('\n')
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
