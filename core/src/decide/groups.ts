import { formatInterval } from '../interval.ts'
import { hourMs, msOf, type Stream } from '../time.ts'
import type { Episode, Ms } from '../types.ts'

/** Episodes that begin within this time of one another are of the same moment, whatever the intervals are. */
export const togetherMs = (6 * hourMs) as Ms

/** Fewer markets than this that move at once can be chance, however small the group is. */
const leastMarkets = 3
const leastShare = 1 / 3

/** How many markets of a group make a move of the whole group: a third of them, and three at least. */
export const marketWideFrom = (markets: number) => Math.max(leastMarkets, Math.ceil(markets * leastShare))

/** Makes the test of whether a stream fits one of the patterns. Markets of replays fit only patterns that begin with `replay:`. */
export function fits(patterns: readonly string[]): (stream: Stream) => boolean {
  const tests = patterns.map(pattern => {
    const [market = '', interval] = pattern.split('@')
    const parts = market.split('*')
    const ofReplays = market.startsWith('replay:')
    return (stream: Stream) =>
      (interval === undefined || interval === formatInterval(stream.intervalMs)) &&
      (ofReplays || !stream.market.startsWith('replay:')) &&
      isInOrder(stream.market, parts)
  })
  return stream => tests.some(test => test(stream))
}

/** Tells whether a text is made of these parts, with anything between them. Unlike a regular expression it can't take long. */
function isInOrder(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

/** Episodes of many markets of a group at once: they count as one. */
export interface MarketWide {
  /** Open of the first alarm. */
  readonly start: string
  /** Open of the last alarm. */
  readonly end: string
  /** The markets that moved, by name. */
  readonly markets: readonly string[]
  /** The least p-value among the episodes. */
  readonly pValue: number
  readonly episodes: readonly Episode[]
}

/**
 * The moves of a whole group: wherever, within six hours, episodes of a third of its markets and of three at least
 * begin. Windows that share an episode are one move. `markets` is how many the group has; `episodes` come in any order.
 */
export function marketWide(episodes: readonly Episode[], markets: number): MarketWide[] {
  const inOrder = [...episodes].sort(byStart)
  const found: Episode[][] = []
  const moved = new Map<string, number>()
  let from = 0
  // One past the last episode that is part of a move.
  let taken = 0
  for (const [to, episode] of inOrder.entries()) {
    moved.set(episode.market, (moved.get(episode.market) ?? 0) + 1)
    for (; msOf(episode.start) - startOf(inOrder, from) > togetherMs; from++) leave(moved, inOrder[from])
    if (moved.size < marketWideFrom(markets)) continue
    if (from >= taken) found.push([])
    found.at(-1)?.push(...inOrder.slice(Math.max(from, taken), to + 1))
    taken = to + 1
  }
  return found.map(wideOf)
}

const startOf = (episodes: readonly Episode[], at: number) => msOf((episodes[at] as Episode).start)

function leave(counts: Map<string, number>, episode: Episode | undefined): void {
  if (!episode) return
  const left = (counts.get(episode.market) ?? 0) - 1
  if (left > 0) counts.set(episode.market, left)
  else counts.delete(episode.market)
}

function wideOf(episodes: readonly Episode[]): MarketWide {
  return {
    start: episodes[0]?.start ?? '',
    end: episodes.reduce((end, episode) => (episode.end > end ? episode.end : end), ''),
    markets: [...new Set(episodes.map(({ market }) => market))].sort(),
    pValue: Math.min(...episodes.map(({ pValue }) => pValue)),
    episodes,
  }
}

function byStart(a: Episode, b: Episode): number {
  const keyOf = ({ market, interval }: Episode) => `${market}@${interval}`
  return msOf(a.start) - msOf(b.start) || (keyOf(a) < keyOf(b) ? -1 : 1)
}
