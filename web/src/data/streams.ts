import type { Coverage } from '@candlewatch/api/coverage'
import { effect, signal } from '@preact/signals'
import { ask, messageOf, soon } from '../api/ask.ts'
import { dispatch, state } from '../state/store.ts'
import { changes } from './import-flow.ts'

interface Streams {
  /** null until it was read. */
  readonly list: readonly Coverage[] | null
  readonly more: boolean
  readonly failure: string | null
}

/** The coverage of each stream. */
export const streams = signal<Streams>({ list: null, more: false, failure: null })

let requests = 0

/** Reads the coverage again. When answers overtake each other, the last one requested counts. */
export async function loadStreams(): Promise<void> {
  const mine = ++requests
  try {
    const { coverage, moreStreams } = await ask('GET /api/coverage', { query: { points: 400 } })
    if (mine === requests) streams.value = { list: coverage, more: moreStreams, failure: null }
  } catch (error) {
    if (mine === requests) streams.value = { ...streams.peek(), failure: messageOf(error) }
  }
}

effect(() => {
  if (changes.value === 0) return
  void loadStreams()
  void updateMarkets()
})

/** Adds a market that an import has made to the list in the header. */
async function updateMarkets(): Promise<void> {
  const shown = state.peek().market
  if (!shown) return
  try {
    const { markets } = await ask('GET /api/markets', {}, soon())
    const market = markets.find(one => one.market === shown.market && one.interval === shown.interval) ?? shown
    dispatch({ kind: 'market', markets, market })
  } catch {
    // The list stays as it was; the room reports a lost server itself.
  }
}
