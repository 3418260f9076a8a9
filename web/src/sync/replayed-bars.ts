import { computed, effect } from '@preact/signals'
import { ask, type StreamQuery } from '../api/ask.ts'
import { pastPosition } from '../state/replay-view.ts'
import type { State } from '../state/state.ts'
import { dispatch, whole } from '../state/store.ts'

const barsBefore = 1_500
const barsAfter = 500
/** With fewer bars than this after the replay position, more are fetched: at full speed a hundred bars pass in 100 ms. */
const leastAfter = 200

/** Fetches the bars around the replay position, where the bars in memory begin later. Lasts as long as the page. */
export function runReplayedBars(stream: StreamQuery): void {
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
    const query = { ...stream, to, limit: barsBefore + barsAfter }
    const [{ bars }, { verdicts }] = await Promise.all([
      ask('GET /api/bars', { query }),
      ask('GET /api/verdicts', { query }),
    ])
    dispatch({ kind: 'past', bars, verdicts })
  }
}

/** The replay position, if neither memory nor what was fetched for it reaches there; else null. */
function missingAt(state: State): number | null {
  const at = pastPosition(state)
  const inMemory = state.series.candles[0]
  if (at === null || !inMemory || at >= inMemory.at) return null
  const [first, last] = [state.past.candles[0], state.past.candles.at(-1)]
  const isThere = first && last && first.at <= at && at + leastAfter * state.intervalMs <= last.at
  return isThere ? null : at
}
