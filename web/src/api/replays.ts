import type { Replay } from '@candlewatch/core/types'
import { ask, jsonHeaders as headers, patienceMs } from './ask.ts'

/** Newest first. */
export async function fetchReplays(): Promise<readonly Replay[]> {
  return (await ask<{ replays: Replay[] }>('/api/replays', { signal: AbortSignal.timeout(patienceMs) })).replays
}

export function patchReplay(
  id: string,
  change: {
    readonly state?: 'playing' | 'paused'
    readonly everyMs?: number
    readonly seek?: string
    readonly at?: null
    readonly step?: number
    readonly until?: 'anomaly'
  },
): Promise<Replay> {
  const signal = AbortSignal.timeout(patienceMs)
  return ask(`/api/replays/${encodeURIComponent(id)}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify(change),
    signal,
  })
}
