import type { Episode, Fault, Label } from '@candlewatch/core/types'
import type { Rehearsal } from '../rehearsal/rehearsal.ts'
import type { FeedHealth } from '../state/health.ts'
import { ask, jsonHeaders as headers, parameters, type Query } from './ask.ts'

/** The most that one page of the API holds. */
const limit = 10_000

/** Oldest first; all that the newest ten thousand alarms make, from `from` on. */
export async function fetchEpisodes(query: Query): Promise<readonly Episode[]> {
  return (await ask<{ episodes: Episode[] }>(`/api/episodes?${parameters({ ...query, limit })}`)).episodes
}

/** Likewise the newest ten thousand faults of the feed. */
export async function fetchFaults(query: Query): Promise<readonly Fault[]> {
  return (await ask<{ faults: Fault[] }>(`/api/faults?${parameters({ ...query, limit })}`)).faults
}

export async function fetchLabels(query: Query): Promise<readonly Label[]> {
  return (await ask<{ labels: Label[] }>(`/api/labels?${parameters({ ...query, limit })}`)).labels
}

/** The server refuses right and wrong of a bar that did not alarm, and missed of one that did. */
export function postLabel(label: Omit<Label, 'note' | 'market'> & { readonly market: string }): Promise<Label> {
  return ask('/api/labels', { method: 'POST', headers, body: JSON.stringify(label) })
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
