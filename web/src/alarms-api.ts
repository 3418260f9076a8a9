import type { Label, Verdict } from '@candlewatch/core/types'
import { ask, parameters, type Query } from './api.ts'
import type { Episode } from './episodes.ts'
import type { FeedHealth } from './health.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { BarRow } from './state.ts'

const headers = { 'content-type': 'application/json' }
/** The most that one page of the API holds. */
const limit = 10_000

/** Oldest first; all that the newest ten thousand alarms make, from `from` on. */
export async function fetchEpisodes(query: Query): Promise<readonly Episode[]> {
  return (await ask<{ episodes: Episode[] }>(`/api/episodes?${parameters({ ...query, limit })}`)).episodes
}

export async function fetchLabels(query: Query): Promise<readonly Label[]> {
  return (await ask<{ labels: Label[] }>(`/api/labels?${parameters({ ...query, limit })}`)).labels
}

/** The server refuses right and wrong of a bar that did not alarm, and missed of one that did. */
export function postLabel(label: Omit<Label, 'note' | 'market'> & { readonly market: string }): Promise<Label> {
  return ask('/api/labels', { method: 'POST', headers, body: JSON.stringify(label) })
}

/** null when nothing was said of the bar that opened at `at`. */
export async function fetchVerdictAt({ market, interval }: Query, at: number): Promise<Verdict | null> {
  const [from, to] = [new Date(at).toISOString(), new Date(at + 1).toISOString()]
  const range = parameters({ market, interval, from, to, limit: 1 })
  return (await ask<{ verdicts: Verdict[] }>(`/api/verdicts?${range}`)).verdicts[0] ?? null
}

/** The range in so many candles at most; each says how wide it is. */
export async function fetchCandles(query: Query & { readonly points: number }): Promise<readonly BarRow[]> {
  return (await ask<{ bars: BarRow[] }>(`/api/bars?${parameters(query)}`)).bars
}

export async function fetchFeed({ market, interval }: Query): Promise<FeedHealth | null> {
  const query = parameters({ market, interval })
  return (await ask<{ feeds: FeedHealth[] }>(`/api/feeds?${query}`)).feeds[0] ?? null
}

export function fetchRehearsal(query: Query, alarmsPerWeek: number, signal: AbortSignal): Promise<Rehearsal> {
  return ask(`/api/rehearsal?${parameters(query)}&alarmsPerWeek=${alarmsPerWeek}`, { signal })
}

export function putBudget(alarmsPerWeek: number): Promise<{ readonly alarmsPerWeek: number }> {
  return ask('/api/budget', { method: 'PUT', headers, body: JSON.stringify({ alarmsPerWeek }) })
}

export function fetchBudget(): Promise<{ readonly alarmsPerWeek: number }> {
  return ask('/api/budget')
}
