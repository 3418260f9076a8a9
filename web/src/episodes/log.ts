import { isoDate } from '@candlewatch/core/interval'
import type { Lane } from '@candlewatch/core/types'
import { agreement, type Entry, sizeOf } from './episodes.ts'
import type { MarkKind } from './marks.ts'

export const kinds: readonly MarkKind[] = ['critical', 'high', 'medium', 'low', 'fault']
export const recencies = {
  all: Number.POSITIVE_INFINITY,
  '24 h': 86_400_000,
  '7 days': 7 * 86_400_000,
  '30 days': 30 * 86_400_000,
}
export type Recency = keyof typeof recencies

/** Columns that sort, each with what it sorts by; the greatest first at first. null goes last either way. */
export const columns = {
  severity: ({ kind }: Entry) => -kinds.indexOf(kind),
  start: ({ start }: Entry) => start,
  lasted: ({ start, end }: Entry) => end - start,
  size: ({ verdict }: Entry) => absolute(sizeOf(verdict)),
  rarity: ({ pValue }: Entry) => (pValue === null ? null : -pValue),
  'seen by': ({ verdict }: Entry) => agreement(verdict)?.seen ?? null,
} satisfies Record<string, (entry: Entry) => number | null>
export type Column = keyof typeof columns

export interface Wish {
  /** Empty: all of them. */
  readonly kinds: readonly MarkKind[]
  readonly lane: Lane | 'all'
  readonly recency: Recency
  readonly sortBy: Column
  readonly descending: boolean
}

export const firstWish: Wish = { kinds: [], lane: 'all', recency: 'all', sortBy: 'start', descending: true }

/** The rows that are wished for, in the wished order. `now` is the newest bar's open. Entries come newest first. */
export function pick(entries: readonly Entry[], wish: Wish, now: number): readonly Entry[] {
  const since = now - recencies[wish.recency]
  const shown = entries.filter(
    ({ kind, lane, end }) =>
      (wish.kinds.length === 0 || wish.kinds.includes(kind)) &&
      (wish.lane === 'all' || wish.lane === lane) &&
      end >= since,
  )
  const value = columns[wish.sortBy]
  const keyed = shown.map(entry => ({ entry, key: value(entry) }))
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null)
    return wish.descending ? b.key - a.key : a.key - b.key
  })
  return keyed.map(({ entry }) => entry)
}

/** A click on a column's head: sorts by it, or the other way round. */
export function sorted(wish: Wish, by: Column): Wish {
  return { ...wish, sortBy: by, descending: wish.sortBy === by ? !wish.descending : true }
}

/** As the log shows it, for a spreadsheet. Dates are UTC. */
export function csvOf(entries: readonly Entry[], intervalMs: number, labels: ReadonlyMap<number, string>): string {
  const head =
    'severity,lane,start_utc,peak_utc,end_utc,hours,alarms,size_percent,p_value,seen_by,detectors,mark,because'
  const rows = entries.map(({ kind, lane, start, peak, end, alarms, pValue, verdict, because }) => {
    const [size, agreeing] = [sizeOf(verdict), agreement(verdict)]
    return [
      ...[kind, lane, isoDate(start), isoDate(peak), isoDate(end)],
      ...[(end - start + intervalMs) / 3_600_000, alarms, size === null ? '' : (size * 100).toFixed(2)],
      ...[pValue ?? '', agreeing?.seen ?? '', agreeing?.of ?? '', labels.get(peak) ?? '', quoted(because)],
    ].join(',')
  })
  return [head, ...rows, ''].join('\n')
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const absolute = (x: number | null) => (x === null ? null : Math.abs(x))
