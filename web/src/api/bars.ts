import type { Verdict } from '@candlewatch/core/types'
import type { BarRow, MarketRow } from '../state/state.ts'
import { ask, parameters, patienceMs, type Query } from './ask.ts'

export async function fetchMarkets(): Promise<readonly MarketRow[]> {
  return (await ask<{ markets: MarketRow[] }>('/api/markets', { signal: AbortSignal.timeout(patienceMs) })).markets
}

export function fetchBars(
  query: Query,
  signal?: AbortSignal,
): Promise<{ readonly bars: readonly BarRow[]; readonly nextCursor: string | null }> {
  return ask(`/api/bars?${parameters(query)}`, signal && { signal })
}

export function fetchVerdicts(
  query: Query,
  signal?: AbortSignal,
): Promise<{
  readonly verdicts: readonly Verdict[]
  readonly nextCursor: string | null
  readonly lastEventId: string
}> {
  return ask(`/api/verdicts?${parameters(query)}`, signal && { signal })
}

/** The range in so many candles at most; each says how wide it is. */
export async function fetchCandles(
  query: Query & { readonly points: number },
  signal?: AbortSignal,
): Promise<readonly BarRow[]> {
  return (await ask<{ bars: BarRow[] }>(`/api/bars?${parameters(query)}`, signal && { signal })).bars
}
