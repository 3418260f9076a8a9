import { nth } from '@candlewatch/core/nth'

interface Answer {
  readonly episodes: readonly {
    readonly lane: string
    readonly peak: string
    readonly pValue: number
    readonly size: number | null
  }[]
}

/** Finds the peak of the market's largest move, in the form of the page's address. Throws if there is none. */
export async function worstEpisode(url: string): Promise<string> {
  const { replays } = await answered<{ replays: { market: string; interval: string }[] }>(`${url}/api/replays`)
  const { market, interval } = nth(replays, 0)
  const { episodes } = await answered<Answer>(
    `${url}/api/episodes?${new URLSearchParams({ market, interval, limit: '1000' })}`,
  )
  const size = (one: Answer['episodes'][number]) => Math.abs(one.size ?? 0)
  const [worst] = episodes.filter(({ lane }) => lane === 'market').toSorted((a, b) => size(b) - size(a))
  if (!worst) throw new Error('No episode was found: nothing to draw a panel of.')
  return worst.peak
}

/** Asks the server and returns its answer. */
export async function answered<T>(address: string, init?: RequestInit): Promise<T> {
  const response = await fetch(address, init)
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
