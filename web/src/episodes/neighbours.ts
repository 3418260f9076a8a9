import { effect, signal } from '@preact/signals'
import { fetchBars, fetchVerdicts } from '../api/bars.ts'
import { makeStableList } from '../state/memo.ts'
import { candlesOf } from '../state/reduce.ts'
import { pastPosition } from '../state/replay-view.ts'
import { type Candle, emptySeries, extendSeries, firstFrom } from '../state/series.ts'
import { part, state } from '../state/store.ts'

/** Bars on either side of the opened one. */
export const reachBars = 24
/** Places outside of memory that are kept. */
const mostPlaces = 20

const fetched = signal<ReadonlyMap<number, readonly Candle[]>>(new Map())
const asked = new Set<number>()
const kept = makeStableList<Candle>()

/** The opened bar, those around it and what was said of them, oldest first; null until they are here. */
export const neighbours = part(shown => {
  const { series, view, intervalMs } = shown
  const { candles } = series
  const { selected } = view
  if (selected === null) return null
  const reachMs = reachBars * intervalMs
  if (candles[firstFrom(candles, selected)]?.at !== selected) {
    const until = pastPosition(shown) ?? Number.POSITIVE_INFINITY
    return fetched.value.get(selected)?.filter(({ at }) => at <= until) ?? null
  }
  return kept(candles.slice(firstFrom(candles, selected - reachMs), firstFrom(candles, selected + reachMs + 1)))
})

/** Fetches what is around an opened bar that is not in memory. */
export function runNeighbours(): void {
  const missing = part(({ view: { selected } }) => (neighbours.value ? null : selected))
  const market = part(state => state.market)
  effect(() => {
    if (missing.value !== null && market.value) void fetchAround(missing.value)
  })
}

async function fetchAround(at: number): Promise<void> {
  const { market: row, intervalMs } = state.peek()
  if (!row || asked.has(at)) return
  asked.add(at)
  const reachMs = reachBars * intervalMs
  const [from, to] = [at - reachMs, at + reachMs + 1].map(time => new Date(time).toISOString()) as [string, string]
  const query = { market: row.market, interval: row.interval, from, to, limit: 2 * reachBars + 1 }
  try {
    const [{ bars }, { verdicts }] = await Promise.all([fetchBars(query), fetchVerdicts(query)])
    const { candles } = extendSeries(emptySeries, candlesOf(bars, verdicts))
    fetched.value = new Map([...[...fetched.peek()].slice(1 - mostPlaces), [at, candles]])
  } catch {
    // Asked again when it is opened again.
  }
  asked.delete(at)
}
