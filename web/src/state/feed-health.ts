import type { FaultName, FeedHealth } from '../api/feeds.ts'

/** In the order in which they are listed. */
const words: Readonly<Record<FaultName, readonly [one: string, more: string]>> = {
  gap: ['gap', 'gaps'],
  flat: ['stuck bar', 'stuck bars'],
  badTick: ['bad tick', 'bad ticks'],
  unlikely: ['unlikely row', 'unlikely rows'],
  stale: ['silence', 'silences'],
  duplicate: ['repeat', 'repeats'],
  impossible: ['impossible row', 'impossible rows'],
  conflict: ['conflict', 'conflicts'],
  late: ['late row', 'late rows'],
}

export const faultNames = Object.keys(words) as FaultName[]

/** `2 gaps`. */
export function faultInWords(name: FaultName, count: number): string {
  return `${count.toLocaleString('en-US')} ${words[name][count === 1 ? 0 : 1]}`
}

/** `2 gaps, 1 bad tick`; what never happened is left out. */
export function faultsInWords(counts: FeedHealth['counts']): string {
  return faultNames
    .filter(name => counts[name] > 0)
    .map(name => faultInWords(name, counts[name]))
    .join(', ')
}

/** The name and sign of a feed's state. */
export const feedStateNames: Readonly<Record<FeedHealth['state'], string>> = {
  live: '● On time',
  stale: '▲ Stale',
  past: '◷ Past',
  empty: '○ No rows',
}
