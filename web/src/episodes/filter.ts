import type { EpisodeAnswer as Episode } from '@candlewatch/api/episode'
import { dayMs, hourMs } from '@candlewatch/core/time'
import { keysOf } from '../format/keys-of.ts'
import { type EpisodeType, kinds, type MarkKind, types } from '../marks/marks.ts'
import type { Entry } from './entry.ts'

/** How far back the list goes, in milliseconds, by the name that stands in an address. */
export const recencies = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
  all: Number.POSITIVE_INFINITY,
}
/** The name of a recency. */
export type Recency = keyof typeof recencies

/** The columns that sort, each with the value that it sorts by; the greatest comes first. null comes last in either order. */
export const columns = {
  severity: ({ kind }: Entry) => -kinds.indexOf(kind),
  type: ({ type }: Entry) => -types.indexOf(type),
  start: ({ start }: Entry) => start,
  lasted: ({ start, end }: Entry) => end - start,
  size: ({ size }: Entry) => (size === null ? null : Math.abs(size)),
  rarity: ({ pValue }: Entry) => (pValue === null ? null : -pValue),
  'seen by': ({ seenBy, detectors }: Entry) => (detectors === 0 ? null : seenBy),
} satisfies Record<string, (entry: Entry) => number | null>
/** The name of a column that sorts. */
export type Column = keyof typeof columns

/** Which episodes and faults are listed, and in which order. */
export interface Filter {
  /** Empty for all kinds. */
  readonly kinds: readonly MarkKind[]
  readonly type: EpisodeType | 'all'
  readonly lane: Episode['lane'] | 'all'
  readonly recency: Recency
  readonly sortBy: Column
  readonly descending: boolean
}

/** Everything, newest first. */
export const defaultFilter: Filter = {
  kinds: [],
  type: 'all',
  lane: 'all',
  recency: 'all',
  sortBy: 'start',
  descending: true,
}

/** Reads a filter from an address; what it does not understand has no effect. */
export function filterOf(query: URLSearchParams): Filter {
  const severities = (query.get('severity') ?? '').split(',')
  const sort = query.get('sort') ?? ''
  const sortBy = oneOf(sort.replace(/^-/, '').replace('-', ' '), keysOf(columns))
  return {
    kinds: kinds.filter(kind => severities.includes(kind)),
    type: oneOf(query.get('type'), types) ?? 'all',
    lane: oneOf(query.get('lane'), ['market', 'feed'] as const) ?? 'all',
    recency: oneOf(query.get('last'), keysOf(recencies)) ?? 'all',
    sortBy: sortBy ?? 'start',
    descending: sortBy === null || !sort.startsWith('-'),
  }
}

/** Writes a filter into an address without its defaults: `severity=critical,high&last=7d&sort=size`; `-size` sorts the least first. */
export function writeFilter(query: URLSearchParams, filter: Filter): void {
  const isSorted = filter.sortBy !== defaultFilter.sortBy || filter.descending !== defaultFilter.descending
  const parameters = {
    severity: filter.kinds.join(','),
    type: filter.type,
    lane: filter.lane,
    last: filter.recency,
    sort: isSorted ? `${filter.descending ? '' : '-'}${filter.sortBy.replace(' ', '-')}` : '',
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value === '' || value === 'all') query.delete(name)
    else query.set(name, value)
  }
}

/** Returns whether a filter leaves anything out. */
export function isFiltered({ kinds, type, lane, recency }: Filter): boolean {
  return kinds.length > 0 || type !== 'all' || lane !== 'all' || recency !== 'all'
}

/** Applies a filter to entries that come newest first. `now` is the newest bar's open. */
export function applyFilter(entries: readonly Entry[], filter: Filter, now: number): readonly Entry[] {
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

/** The filter after a click on a column's head: sorted by it, or in the other order if it was already. */
export function sortedBy(filter: Filter, column: Column): Filter {
  return { ...filter, sortBy: column, descending: filter.sortBy === column ? !filter.descending : true }
}

function oneOf<T extends string>(value: string | null, known: readonly T[]): T | null {
  return known.find(one => one === value) ?? null
}
