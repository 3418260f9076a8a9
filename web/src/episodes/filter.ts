import type { Lane } from '@candlewatch/core/types'
import { type EpisodeType, kinds, type MarkKind, types } from '../marks/marks.ts'
import type { Entry } from './entry.ts'

const hourMs = 3_600_000
/** By their names in an address. */
export const recencies = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
  '1y': 365 * 24 * hourMs,
  all: Number.POSITIVE_INFINITY,
}
export type Recency = keyof typeof recencies

/** Which rows of the log are shown, and in which order. */
export interface Filter {
  /** Empty: all of them. */
  readonly kinds: readonly MarkKind[]
  readonly type: EpisodeType | 'all'
  readonly lane: Lane | 'all'
  readonly recency: Recency
  readonly sortBy: Column
  readonly descending: boolean
}

export const defaultFilter: Filter = {
  ...{ kinds: [], type: 'all', lane: 'all', recency: 'all' },
  ...{ sortBy: 'start', descending: true },
}

/** What an address asks for; what it gets wrong is as if it had not been asked. */
export function filterOf(query: URLSearchParams): Filter {
  const asked = (query.get('severity') ?? '').split(',')
  const sort = oneOf(query.get('sort')?.replace(/^-/, '').replace('-', ' '), Object.keys(columns) as Column[])
  return {
    kinds: kinds.filter(kind => asked.includes(kind)),
    type: oneOf(query.get('type'), types) ?? 'all',
    lane: oneOf(query.get('lane'), ['market', 'feed'] as const) ?? 'all',
    recency: oneOf(query.get('last'), Object.keys(recencies) as Recency[]) ?? 'all',
    sortBy: sort ?? 'start',
    descending: !(sort && query.get('sort')!.startsWith('-')),
  }
}

/** Writes a filter into an address, what is as at first left out: `severity=critical,high&last=7d&sort=size`; `-size` is the least first. */
export function writeFilter(query: URLSearchParams, filter: Filter): void {
  const isSorted = filter.sortBy !== defaultFilter.sortBy || filter.descending !== defaultFilter.descending
  const asked = {
    severity: filter.kinds.join(','),
    ...{ type: filter.type, lane: filter.lane, last: filter.recency },
    sort: isSorted ? `${filter.descending ? '' : '-'}${filter.sortBy.replace(' ', '-')}` : '',
  }
  for (const [name, value] of Object.entries(asked)) {
    if (value === '' || value === 'all') query.delete(name)
    else query.set(name, value)
  }
}

/** Whether it leaves any row out. */
export function isFiltered({ kinds, type, lane, recency }: Filter): boolean {
  return kinds.length > 0 || type !== 'all' || lane !== 'all' || recency !== 'all'
}

function oneOf<T extends string>(value: string | null | undefined, known: readonly T[]): T | null {
  return known.find(one => one === value) ?? null
}

/** Columns that sort, each with what it sorts by; the greatest first at first. null goes last either way. */
export const columns = {
  severity: ({ kind }: Entry) => -kinds.indexOf(kind),
  type: ({ type }: Entry) => -types.indexOf(type),
  start: ({ start }: Entry) => start,
  lasted: ({ start, end }: Entry) => end - start,
  size: ({ size }: Entry) => (size === null ? null : Math.abs(size)),
  rarity: ({ pValue }: Entry) => (pValue === null ? null : -pValue),
  'seen by': ({ seenBy, detectors }: Entry) => (detectors === 0 ? null : seenBy),
} satisfies Record<string, (entry: Entry) => number | null>
export type Column = keyof typeof columns

/** The rows that are wished for, in the wished order. `now` is the newest bar's open. Entries come newest first. */
export function pick(entries: readonly Entry[], filter: Filter, now: number): readonly Entry[] {
  const since = now - recencies[filter.recency]
  const shown = entries.filter(
    ({ kind, type, lane, end }) =>
      (filter.kinds.length === 0 || filter.kinds.includes(kind)) &&
      (filter.type === 'all' || filter.type === type) &&
      (filter.lane === 'all' || filter.lane === lane) &&
      end >= since,
  )
  const value = columns[filter.sortBy]
  const keyed = shown.map(entry => ({ entry, key: value(entry) }))
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null)
    return filter.descending ? b.key - a.key : a.key - b.key
  })
  return keyed.map(({ entry }) => entry)
}

/** A click on a column's head: sorts by it, or the other way round. */
export function sorted(filter: Filter, by: Column): Filter {
  return { ...filter, sortBy: by, descending: filter.sortBy === by ? !filter.descending : true }
}
