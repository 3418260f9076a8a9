import { ask, parameters, type Query } from './ask.ts'

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

/** The feed of one stream; null while no row of it has come. */
export async function fetchFeed({ market, interval }: Query): Promise<FeedHealth | null> {
  const query = parameters({ market, interval })
  return (await ask<{ feeds: FeedHealth[] }>(`/api/feeds?${query}`)).feeds[0] ?? null
}
