import type { Lane } from '@candlewatch/core/types'
import { type Column, columns } from './columns.ts'
import { type EpisodeType, types } from './episode-type.ts'
import { kinds, type MarkKind } from './marks.ts'

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
export interface Wish {
  /** Empty: all of them. */
  readonly kinds: readonly MarkKind[]
  readonly type: EpisodeType | 'all'
  readonly lane: Lane | 'all'
  readonly recency: Recency
  readonly sortBy: Column
  readonly descending: boolean
}

export const firstWish: Wish = {
  ...{ kinds: [], type: 'all', lane: 'all', recency: 'all' },
  ...{ sortBy: 'start', descending: true },
}

/** What an address asks for; what it gets wrong is as if it had not been asked. */
export function wishOf(query: URLSearchParams): Wish {
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

/** Writes a wish into an address, what is as at first left out: `severity=critical,high&last=7d&sort=size`; `-size` is the least first. */
export function writeWish(query: URLSearchParams, wish: Wish): void {
  const isSorted = wish.sortBy !== firstWish.sortBy || wish.descending !== firstWish.descending
  const asked = {
    severity: wish.kinds.join(','),
    ...{ type: wish.type, lane: wish.lane, last: wish.recency },
    sort: isSorted ? `${wish.descending ? '' : '-'}${wish.sortBy.replace(' ', '-')}` : '',
  }
  for (const [name, value] of Object.entries(asked)) {
    if (value === '' || value === 'all') query.delete(name)
    else query.set(name, value)
  }
}

/** Whether it leaves any row out. */
export function isNarrow({ kinds, type, lane, recency }: Wish): boolean {
  return kinds.length > 0 || type !== 'all' || lane !== 'all' || recency !== 'all'
}

function oneOf<T extends string>(value: string | null | undefined, known: readonly T[]): T | null {
  return known.find(one => one === value) ?? null
}
