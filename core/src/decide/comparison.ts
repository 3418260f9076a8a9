import type { Episode, Ms } from '../types.ts'
import { mergeWindow } from './merge-window.ts'

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

/** Two episodes are the same event when no more than `mergeMs` lies between them: six hours unless told. */
export function compare<T extends Span>(
  first: readonly T[],
  second: readonly T[],
  mergeMs: Ms = mergeWindow(0),
): Comparison<T> {
  const fewer = first.filter(episode => !second.some(other => isSame(episode, other, mergeMs)))
  const more = second.filter(episode => !first.some(other => isSame(episode, other, mergeMs)))
  return { more, fewer, both: first.length - fewer.length }
}

function isSame(a: Span, b: Span, mergeMs: Ms): boolean {
  return Date.parse(a.start) - Date.parse(b.end) <= mergeMs && Date.parse(b.start) - Date.parse(a.end) <= mergeMs
}
