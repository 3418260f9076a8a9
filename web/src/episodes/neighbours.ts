import { effect, signal } from '@preact/signals'
import { ask } from '../api/ask.ts'
import { makeStableList } from '../state/memo.ts'
import { candlesOf } from '../state/reduce.ts'
import { pastPosition } from '../state/replay-view.ts'
import { type Candle, emptySeries, extendSeries, firstFrom } from '../state/series.ts'
import { part, state } from '../state/store.ts'

/** How many bars are shown on either side of the open one. */
export const reachBars = 24
/** How many places outside of memory are kept. */
const mostPlaces = 20

const fetched = signal<ReadonlyMap<number, readonly Candle[]>>(new Map())
const pending = new Set<number>()
const stable = makeStableList<Candle>()

/** The open bar and those around it with their verdicts, oldest first; null until they were read. */
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
  return stable(candles.slice(firstFrom(candles, selected - reachMs), firstFrom(candles, selected + reachMs + 1)))
})

/** Fetches the bars around an open bar that is not in memory. Lasts as long as the page. */
export function runNeighbours(): void {
  const missing = part(({ view: { selected } }) => (neighbours.value ? null : selected))
  const market = part(state => state.market)
  effect(() => {
    if (missing.value !== null && market.value) void fetchAround(missing.value)
  })
}

async function fetchAround(at: number): Promise<void> {
  const { market: row, intervalMs } = state.peek()
  if (!row || pending.has(at)) return
  pending.add(at)
  const reachMs = reachBars * intervalMs
  const query = {
    market: row.market,
    interval: row.interval,
    from: new Date(at - reachMs).toISOString(),
    to: new Date(at + reachMs + 1).toISOString(),
    limit: 2 * reachBars + 1,
  }
  try {
    const [{ bars }, { verdicts }] = await Promise.all([
      ask('GET /api/bars', { query }),
      ask('GET /api/verdicts', { query }),
    ])
    const { candles } = extendSeries(emptySeries, candlesOf(bars, verdicts))
    fetched.value = new Map([...[...fetched.peek()].slice(1 - mostPlaces), [at, candles]])
  } catch {
    // Opening the bar again asks again.
  }
  pending.delete(at)
}
