import { effect, signal } from '@preact/signals'
import { messageOf } from '../api/ask.ts'
import { fetchMarkets } from '../api/bars.ts'
import { type Coverage, fetchCoverage } from '../api/data.ts'
import { dispatch, state } from '../state/store.ts'
import { changes } from './import-flow.ts'

interface Streams {
  /** null until it is known. */
  readonly list: readonly Coverage[] | null
  readonly more: boolean
  readonly failure: string | null
}

/** What there is of each stream. */
export const streams = signal<Streams>({ list: null, more: false, failure: null })

let asked = 0

/** Reads it anew; of answers that overtake each other the last one asked for counts. */
export async function load(): Promise<void> {
  const mine = ++asked
  try {
    const { coverage, moreStreams } = await fetchCoverage()
    if (mine === asked) streams.value = { list: coverage, more: moreStreams, failure: null }
  } catch (error) {
    if (mine === asked) streams.value = { ...streams.peek(), failure: messageOf(error) }
  }
}

effect(() => {
  if (changes.value === 0) return
  void load()
  void nameMarkets()
})

/** An import may have made a market that the list at the top does not have yet. */
async function nameMarkets(): Promise<void> {
  const shown = state.peek().market
  if (!shown) return
  try {
    const markets = await fetchMarkets()
    const market = markets.find(one => one.market === shown.market && one.interval === shown.interval) ?? shown
    dispatch({ kind: 'market', markets, market })
  } catch {
    // The list is as it was; the room says by itself when the server is away.
  }
}
