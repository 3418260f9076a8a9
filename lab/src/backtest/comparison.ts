import { mergeMs } from '@candlewatch/core/decide/budget'
import type { RehearsedEpisode } from './rehearsal.ts'

/** What a second configuration would have said beside the first. */
export interface Comparison {
  /** Of the second, and none of the first is near. */
  readonly more: readonly RehearsedEpisode[]
  /** Of the first, and none of the second is near. */
  readonly fewer: readonly RehearsedEpisode[]
  /** Of the first that the second has too. */
  readonly both: number
}

/** Two episodes are the same event when no more than six hours lie between them. */
export function compare(first: readonly RehearsedEpisode[], second: readonly RehearsedEpisode[]): Comparison {
  const fewer = first.filter(episode => !second.some(other => isSame(episode, other)))
  const more = second.filter(episode => !first.some(other => isSame(episode, other)))
  return { more, fewer, both: first.length - fewer.length }
}

type Span = Pick<RehearsedEpisode, 'start' | 'end'>

function isSame(a: Span, b: Span): boolean {
  return Date.parse(a.start) - Date.parse(b.end) <= mergeMs && Date.parse(b.start) - Date.parse(a.end) <= mergeMs
}
