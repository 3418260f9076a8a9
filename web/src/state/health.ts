/** A feed of `GET /api/feeds`, as far as the page shows it. */
export interface FeedHealth {
  readonly state: 'live' | 'stale' | 'past' | 'empty'
  /** Why it is in this state, in one sentence. */
  readonly evidence: string
  /** The newest bar's open. */
  readonly lastBar: string | null
  /** When that bar came. */
  readonly lastSeen: string | null
  /** When the next bar must be here; null where nothing is due by the market's clock. */
  readonly dueAt: string | null
  /** How long after its close a bar comes; null where none came on time. */
  readonly usualLatenessMs: number | null
  /** When the server started: what follows counts from then on. */
  readonly countedSince: string
  readonly counts: Readonly<Record<FaultName, number>>
  readonly last: Readonly<Record<FaultName, Occurrence | null>>
}

/** A fault as it was last seen. */
export interface Occurrence {
  /** The open of the row at fault. */
  readonly date: string
  readonly evidence: string
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
