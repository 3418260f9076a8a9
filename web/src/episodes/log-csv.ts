import { isoDate } from '@candlewatch/core/interval'
import type { Entry } from './episodes.ts'

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
