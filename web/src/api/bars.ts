import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Market } from '@candlewatch/core/types'
import { ask, parameters, patienceMs, type Query } from './ask.ts'

/** A row of `GET /api/markets`. */
export interface MarketRow {
  readonly market: Market
  readonly interval: string
  readonly bars: number
  readonly first: string
  readonly last: string
  readonly alarmsPerWeek: number
  readonly model: { readonly name: string; readonly version: string }
}

/** A row of `GET /api/bars`. */
export interface BarRow extends Pick<Verdict, 'market' | 'interval' | 'date'>, Readonly<Verdict['bar']> {}

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
