import type { Episode } from '../types.ts'
import { mergeMs } from './budget.ts'

type Span = Pick<Episode, 'start' | 'end'>

/** The episodes of two configurations compared. */
export interface Comparison<T extends Span> {
  /** Episodes of the second without one of the first near them. */
  readonly more: readonly T[]
  /** Episodes of the first without one of the second near them. */
  readonly fewer: readonly T[]
  /** How many episodes of the first the second has too. */
  readonly both: number
}

/** Two episodes are the same event when no more than six hours lie between them. */
export function compare<T extends Span>(first: readonly T[], second: readonly T[]): Comparison<T> {
  const fewer = first.filter(episode => !second.some(other => isSame(episode, other)))
  const more = second.filter(episode => !first.some(other => isSame(episode, other)))
  return { more, fewer, both: first.length - fewer.length }
}

function isSame(a: Span, b: Span): boolean {
  return Date.parse(a.start) - Date.parse(b.end) <= mergeMs && Date.parse(b.start) - Date.parse(a.end) <= mergeMs
}
