import { computed, effect } from '@preact/signals'
import type { Query } from '../api/ask.ts'
import { fetchBars, fetchVerdicts } from '../api/bars.ts'
import { pastPosition } from '../state/replay-view.ts'
import type { State } from '../state/state.ts'
import { dispatch, whole } from '../state/store.ts'

const barsBefore = 1_500
const barsAfter = 500
/** So near to the end of what is here, more is fetched: at full speed a hundred bars pass in a tenth of a second. */
const leastAfter = 200

/** Fetches the bars around what is watched again, where those in memory begin later. Lasts as long as the page. */
export function runReplayedBars(query: Query): void {
  const missing = computed(() => missingAt(whole.value))
  let isReading = false
  effect(() => {
    if (missing.value !== null && !isReading) void read()
  })

  async function read() {
    isReading = true
    for (let at = missing.peek(), last: number | null = null; at !== null && at !== last; at = missing.peek()) {
      last = at
      await readAround(at).catch(() => undefined)
    }
    isReading = false
  }

  async function readAround(at: number) {
    const to = new Date(at + barsAfter * whole.peek().intervalMs).toISOString()
    const around = { ...query, to, limit: barsBefore + barsAfter }
    const [{ bars }, { verdicts }] = await Promise.all([fetchBars(around), fetchVerdicts(around)])
    dispatch({ kind: 'past', bars, verdicts })
  }
}

/** What is watched again if neither memory nor what was fetched for it reaches there; else null. */
function missingAt(state: State): number | null {
  const at = pastPosition(state)
  const inMemory = state.series.candles[0]
  if (at === null || !inMemory || at >= inMemory.at) return null
  const [first, last] = [state.past.candles[0], state.past.candles.at(-1)]
  const isThere = first && last && first.at <= at && at + leastAfter * state.intervalMs <= last.at
  return isThere ? null : at
}
