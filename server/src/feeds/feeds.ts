import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { sentence } from '@candlewatch/api/values/sentences'
import type { Clock } from '@candlewatch/core/clock'
import type { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { type FaultKind, type Feed, latenessKept, makeFeed, type ShownFeed } from './feed.ts'

/** The state of every stream's feed: what no single bar can show. */
export interface Feeds {
  /** Bars that were posted before, as the store has them, oldest first. */
  restore(stream: Stream, bars: readonly Bar[]): void
  /** New rows, judged and stored. */
  accepted(stream: Stream, committed: readonly { readonly verdict: Verdict }[]): void
  /** Rows that were known already and answered as before. */
  repeated(stream: Stream, bars: readonly Bar[]): void
  /** A row that was refused. What says nothing of the feed, such as a database that is away, is passed over. */
  refused(stream: Stream, openMs: Ms, error: CandlewatchError): void
  /** Announces every feed that has become stale since. Call it once a second or so. */
  check(): void
  /** By market and interval. */
  list(): readonly ShownFeed[]
  /** null unless that feed is stale. */
  stale(stream: Stream): ShownFeed | null
}

export interface FeedsParts {
  readonly clock: Clock
  /** Told of a feed that has become stale, and of one that has come back. */
  announce(feed: ShownFeed): void
}

// Anyone can name a market: beyond this, feeds without a bar are forgotten first, then those that were silent longest.
const mostFeeds = 500

const refusals: Partial<Record<string, FaultKind>> = {
  ERR_BAR_IMPOSSIBLE: 'impossible',
  ERR_BAR_MISALIGNED: 'impossible',
  ERR_BAR_FUTURE: 'impossible',
  ERR_BAR_CONFLICT: 'conflict',
  ERR_BAR_LATE: 'late',
}

export function makeFeeds({ clock, announce }: FeedsParts): Feeds {
  // The one that was heard of last comes last.
  const feeds = new Map<string, Feed>()
  const announced = new WeakSet<Feed>()
  const since = clock.now()

  return {
    restore(stream, bars) {
      heardOf(stream, feed => feed.take(bars))
    },
    accepted(stream, committed) {
      const seen = clock.now()
      heardOf(stream, feed => {
        feed.take(committed.map(({ verdict }) => ({ ts: verdict.ts, seen })))
        for (const { verdict } of committed) {
          const { date, fault } = verdict
          if (!fault) continue
          const evidence = sentence(verdict.reason, verdict.market)
          feed.note(kindOf(fault.kind), { date, seen: isoDate(seen), evidence })
        }
        announceChange(feed)
      })
    },
    repeated(stream, bars) {
      const newest = bars.at(-1)
      if (!newest) return
      const seen = isoDate(clock.now())
      const date = isoDate(newest.ts - stream.intervalMs)
      const which = bars.length === 1 ? `The row of ${date}` : `${bars.length} rows, the newest of ${date},`
      const evidence = `${which} came again with the same numbers: answered as before and not learned again.`
      heardOf(stream, feed => feed.note('duplicate', { date, seen, evidence }, bars.length))
    },
    refused(stream, openMs, { code, details: { expected, found } }) {
      const kind = refusals[code]
      if (!kind) return
      const date = isoDate(openMs)
      const evidence = `The row of ${date} was refused: expected ${expected}, found ${found}.`
      const occurrence = { date, seen: isoDate(clock.now()), evidence }
      heardOf(stream, feed => feed.note(kind, occurrence))
    },
    check,
    list() {
      check()
      const now = clock.now()
      const sorted = [...feeds.values()].sort(
        ({ stream: a }, { stream: b }) => a.market.localeCompare(b.market) || a.intervalMs - b.intervalMs,
      )
      return sorted.map(feed => feed.shown(now))
    },
    stale(stream) {
      const feed = feeds.get(keyOf(stream))
      return feed?.isStale(clock.now()) ? feed.shown(clock.now()) : null
    },
  }

  function check(): void {
    for (const feed of feeds.values()) announceChange(feed)
  }

  function announceChange(feed: Feed): void {
    const now = clock.now()
    if (feed.isStale(now) === announced.has(feed)) return
    if (announced.delete(feed)) {
      announce(feed.shown(now))
      return
    }
    announced.add(feed)
    const { lastBar, evidence } = feed.shown(now)
    const date = isoDate(Date.parse(lastBar!) + feed.stream.intervalMs)
    feed.note('stale', { date, seen: isoDate(now), evidence })
    announce(feed.shown(now))
  }

  function heardOf(stream: Stream, tell: (feed: Feed) => void): void {
    const key = keyOf(stream)
    const feed = feeds.get(key) ?? makeFeed(stream, since)
    feeds.delete(key)
    feeds.set(key, feed)
    tell(feed)
    if (feeds.size <= mostFeeds) return
    const [oldest] = feeds.keys()
    const empty = [...feeds].find(([, { isEmpty }]) => isEmpty)?.[0]
    feeds.delete(empty ?? oldest!)
  }
}

/** Tells of what the store has, so that a restarted server knows what is overdue. */
export async function restoreFeeds(feeds: Feeds, store: BarStore): Promise<void> {
  const streams = [...(await store.streams())].sort((a, b) => a.lastOpenMs - b.lastOpenMs)
  for (const { market, intervalMs } of streams.slice(-mostFeeds)) {
    const stream = { market, intervalMs }
    const bars = await store.bars({ ...stream, fromMs: null, toMs: null, limit: latenessKept })
    const known = await store.known(
      stream,
      bars.map(bar => bar.ts),
    )
    // Rows that were taken in to warm up did not come from the feed: they say that they were seen as they closed.
    feeds.restore(
      stream,
      bars.filter(bar => known.get(bar.ts)?.verdict),
    )
  }
}

const keyOf = ({ market, intervalMs }: Stream) => `${market}@${intervalMs}`

const kindOf = (kind: NonNullable<Verdict['fault']>['kind']): FaultKind => (kind === 'bad-tick' ? 'badTick' : kind)
