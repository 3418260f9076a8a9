import type { EpisodeAnswer as Episode } from '@candlewatch/api/episode'
import { ask, jsonHeaders as headers, parameters, type Query } from './ask.ts'

interface Counted {
  readonly episodes: number
  readonly perWeek: number
}

/** What `GET /api/rehearsal` answers: the past by another budget. */
export interface Rehearsal {
  readonly alarmsPerWeek: number
  readonly from: string | null
  readonly to: string | null
  readonly now: Counted
  readonly rehearsed: Counted
  readonly appearing: readonly Episode[]
  readonly vanishing: readonly Episode[]
  readonly staying: number
  readonly exactness: { readonly differing: number; readonly because: string }
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
