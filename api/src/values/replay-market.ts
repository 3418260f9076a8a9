import type { Market } from '../units.ts'

/** Longest name of a replay within the name of its market. */
const maxNameLength = 40

const pattern = /^replay:([A-Za-z0-9._-]+)\/([^:]+:.+)$/

/** A market of a replay: the name of the replay, and the market that the rows are from. */
export interface ReplayedMarket {
  readonly name: string
  readonly of: Market
}

/**
 * Returns the name of the market that a replay has for itself. Characters that a market cannot have are replaced.
 *
 * @example
 * replayMarket('rows of May.csv', 'bitstamp:BTC-USD') // replay:rows-of-May.csv/bitstamp:BTC-USD
 */
export function replayMarket(name: string, market: Market): Market {
  const { of } = replayedMarket(market) ?? { of: market }
  const short = name.replaceAll(/[^A-Za-z0-9._]+/g, '-').slice(0, maxNameLength)
  return `replay:${short || 'rows'}/${of}`
}

/** Returns the parts of a replay's own market; null for any other market. */
export function replayedMarket(market: string): ReplayedMarket | null {
  const [, name, of] = pattern.exec(market) ?? []
  return name === undefined || of === undefined ? null : { name, of: of as Market }
}

/** The name of a market as people read it: `bitstamp:BTC-USD, replay of rows.csv`. */
export function marketLabel(market: string): string {
  const replay = replayedMarket(market)
  return replay ? `${replay.of}, replay of ${replay.name}` : market
}
