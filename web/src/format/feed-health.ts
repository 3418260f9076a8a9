import type { Feed, FeedFaultKind } from '@candlewatch/api/feeds'
import { formatCount } from './count.ts'
import { keysOf } from './keys-of.ts'

/** The name of one fault of each kind and of several, in the order in which they are listed. */
const names: Readonly<Record<FeedFaultKind, readonly [one: string, more: string]>> = {
  gap: ['gap', 'gaps'],
  flat: ['stuck bar', 'stuck bars'],
  repeat: ['repeated row', 'repeated rows'],
  break: ['price break', 'price breaks'],
  badTick: ['bad tick', 'bad ticks'],
  unlikely: ['unlikely row', 'unlikely rows'],
  stale: ['silence', 'silences'],
  duplicate: ['duplicate', 'duplicates'],
  impossible: ['impossible row', 'impossible rows'],
  conflict: ['conflict', 'conflicts'],
  late: ['late row', 'late rows'],
}

/** Every kind of fault, in the order in which they are listed. */
export const faultKinds = keysOf(names)

/** `2 gaps`. */
export function formatFault(kind: FeedFaultKind, count: number): string {
  return `${formatCount(count)} ${names[kind][count === 1 ? 0 : 1]}`
}

/** `2 gaps, 1 bad tick`; kinds that never happened are left out. */
export function formatFaults(counts: Feed['counts']): string {
  return faultKinds
    .filter(kind => counts[kind] > 0)
    .map(kind => formatFault(kind, counts[kind]))
    .join(', ')
}

/** The name and sign of a feed's state. */
export const feedStateNames: Readonly<Record<Feed['state'], string>> = {
  live: '● On time',
  closed: '◌ Closed',
  stale: '▲ Stale',
  past: '◷ Past',
  empty: '○ No rows',
}
