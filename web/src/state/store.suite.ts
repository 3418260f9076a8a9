import { marketRow } from './example.suite.ts'
import type { candlesOf } from './reduce.ts'
import { dispatch, whole } from './store.ts'

/** Chooses the market of the examples and brings rows of it, as the first load does. */
export function loadRows(verdicts: Parameters<typeof candlesOf>[1], bars: Parameters<typeof candlesOf>[0] = []): void {
  dispatch({ kind: 'market', markets: [marketRow], market: marketRow })
  dispatch({ kind: 'rows', bars, verdicts })
  dispatch({ kind: 'ready' })
}

/** Forgets what a test has left in the store, as far as the store's events can. */
export function clearStore(): void {
  dispatch({ kind: 'episodes', episodes: [], from: null })
  dispatch({ kind: 'faults', faults: [], from: null })
  dispatch({ kind: 'replay', replay: null })
  dispatch({ kind: 'rehearsal', rehearsal: null })
  dispatch({ kind: 'feed', feed: null })
  dispatch({ kind: 'notice', notice: null })
  dispatch({ kind: 'picked', at: null })
  dispatch({ kind: 'connection', connection: 'connecting', heardAt: null })
  if (whole.value.market) dispatch({ kind: 'market', markets: [], market: null })
}
