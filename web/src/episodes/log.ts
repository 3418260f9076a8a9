import { type Column, columns } from './columns.ts'
import type { Entry } from './episodes.ts'
import { recencies, type Wish } from './wish.ts'

/** The rows that are wished for, in the wished order. `now` is the newest bar's open. Entries come newest first. */
export function pick(entries: readonly Entry[], wish: Wish, now: number): readonly Entry[] {
  const since = now - recencies[wish.recency]
  const shown = entries.filter(
    ({ kind, type, lane, end }) =>
      (wish.kinds.length === 0 || wish.kinds.includes(kind)) &&
      (wish.type === 'all' || wish.type === type) &&
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
