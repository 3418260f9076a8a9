import { types } from './episode-type.ts'
import type { Entry } from './episodes.ts'
import { kinds } from './marks.ts'

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
