import type { Episode } from '../types.ts'
import { mergeMs } from './budget.ts'

type Span = Pick<Episode, 'start' | 'end'>

/** What a second configuration would have said beside the first. */
export interface Comparison<T extends Span> {
  /** Of the second, and none of the first is near. */
  readonly more: readonly T[]
  /** Of the first, and none of the second is near. */
  readonly fewer: readonly T[]
  /** Of the first that the second has too. */
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
