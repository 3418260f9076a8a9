import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Label } from '@candlewatch/core/types'
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
