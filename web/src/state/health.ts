/** A feed of `GET /api/feeds`, as far as the page shows it. */
export interface FeedHealth {
  readonly state: 'live' | 'stale' | 'past' | 'empty'
  /** Why it is in this state, in one sentence. */
  readonly evidence: string
  /** The newest bar's open. */
  readonly lastBar: string | null
  /** When that bar came. */
  readonly lastSeen: string | null
  readonly counts: Readonly<Record<FaultName, number>>
}

export type FaultName =
  | 'gap'
  | 'flat'
  | 'badTick'
  | 'unlikely'
  | 'stale'
  | 'duplicate'
  | 'impossible'
  | 'conflict'
  | 'late'

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

/** `2 gaps, 1 bad tick`; what never happened is left out. */
export function faultsInWords(counts: FeedHealth['counts']): string {
  const names = Object.keys(words) as FaultName[]
  const said = names
    .filter(name => counts[name] > 0)
    .map(name => `${counts[name]} ${words[name][counts[name] === 1 ? 0 : 1]}`)
  return said.join(', ')
}
