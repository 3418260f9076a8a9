import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { MarketStore } from '@candlewatch/adapters/stores/markets'
import type { Feed, FeedFaultKind } from '@candlewatch/api/feeds'
import { sentence } from '@candlewatch/api/values/sentences'
import type { Clock } from '@candlewatch/core/clock'
import type { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { openOf, type Stream, streamKey } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { nextOpenOf } from '@candlewatch/core/verdict'
import { type Arrival, type FeedHealth, latenessKept, makeFeedHealth } from './feed-health.ts'

/** The health of every stream's feed, which no single bar can show. */
export interface Feeds {
  /** Records bars that were stored before this start, oldest first. */
  restore(stream: Stream, bars: readonly Arrival[]): void
  /** Records new rows, judged and stored. Bars that were judged again are ignored: they are not the feed's newest rows. */
  accepted(stream: Stream, committed: readonly { readonly verdict: Verdict }[]): void
  /**
   * Records that another server has stored rows, the newest of which closed at `ts`; `nextOpen` is when the next one is
   * expected to open, null where that is unknown. Only that server counts their faults.
   */
  acceptedElsewhere(stream: Stream, ts: Ms, nextOpen: Ms | null): void
  /** Records rows that were stored already and answered from the store. */
  repeated(stream: Stream, bars: readonly Bar[]): void
  /** Records that the newest bars were withdrawn; the feed goes on from this one. */
  withdrawn(stream: Stream, newest: Bar | null): void
  /** Forgets a stream that was archived or deleted: its bars are never overdue. */
  forget(stream: Stream): void
  /** Records a refused row. Errors that are not about the row, such as an unreachable database, are ignored. */
  refused(stream: Stream, openMs: Ms, error: CandlewatchError): void
  /** Announces every feed that has become stale, or whose market has closed, since the last call. */
  check(): void
  /** Every feed, by market and interval. */
  list(): readonly Feed[]
  /** The feed of a stream if it is stale; null otherwise. */
  stale(stream: Stream): Feed | null
}

/** The parts that feed health works with. */
export interface FeedsParts {
  readonly clock: Clock
  /** Called with each feed that has become stale, whose market has closed, or that has come back. */
  announce(feed: Feed): void
}

// Any client can name a market: beyond this number, feeds without a bar are dropped first, then the one that was silent longest.
const maxFeeds = 500

/** The kind of fault that a refused row counts as. */
const refusals: Partial<Record<string, FeedFaultKind>> = {
  ERR_BAR_IMPOSSIBLE: 'impossible',
  ERR_BAR_MISALIGNED: 'impossible',
  ERR_BAR_FUTURE: 'impossible',
  ERR_BAR_CONFLICT: 'conflict',
  ERR_BAR_LATE: 'late',
}

/** Keeps the health of every feed; it starts empty. */
export function makeFeeds({ clock, announce }: FeedsParts): Feeds {
  // The feed whose rows came last is the last one.
  const feeds = new Map<string, FeedHealth>()
  const announced = new WeakMap<FeedHealth, 'stale' | 'closed'>()
  const since = clock.now()

  return {
    restore(stream, bars) {
      update(stream, feed => feed.accept(bars))
    },
    accepted(stream, committed) {
      const seen = clock.now()
      const arrived = committed.filter(({ verdict }) => verdict.again === undefined)
      if (arrived.length === 0) return
      update(stream, feed => {
        feed.accept(arrived.map(({ verdict }) => ({ ts: verdict.ts, seen, nextOpen: nextOpenOf(verdict) })))
        for (const { verdict } of arrived) {
          const { date, fault } = verdict
          if (!fault) continue
          const evidence = sentence(verdict.reason, verdict.market)
          feed.count(kindOf(fault.kind), { date, seen: isoDate(seen), evidence })
        }
        announceChange(feed)
      })
    },
    acceptedElsewhere(stream, ts, nextOpen) {
      const known = feeds.get(streamKey(stream))
      if (known && known.newestTs >= ts) return
      update(stream, feed => {
        feed.accept([{ ts, seen: clock.now(), nextOpen }])
        announceChange(feed)
      })
    },
    withdrawn(stream, newest) {
      update(stream, feed => {
        feed.goBack(newest && { ts: newest.ts, seen: newest.seen, nextOpen: null })
        announceChange(feed)
      })
    },
    forget: stream => void feeds.delete(streamKey(stream)),
    repeated(stream, bars) {
      const newest = bars.at(-1)
      if (!newest) return
      const seen = isoDate(clock.now())
      const date = isoDate(openOf(newest, stream.intervalMs))
      const which = bars.length === 1 ? `The row of ${date}` : `${bars.length} rows, the newest of ${date},`
      const evidence = `${which} came again with the same numbers: ${bars.length === 1 ? 'it was' : 'they were'} answered from the store and not learned again.`
      update(stream, feed => feed.count('duplicate', { date, seen, evidence }, bars.length))
    },
    refused(stream, openMs, { code, details: { expected, found } }) {
      const kind = refusals[code]
      if (!kind) return
      const date = isoDate(openMs)
      const evidence = `The row of ${date} was refused: expected ${expected}, found ${found}.`
      const occurrence = { date, seen: isoDate(clock.now()), evidence }
      update(stream, feed => feed.count(kind, occurrence))
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
      const feed = feeds.get(streamKey(stream))
      return feed?.stateAt(clock.now()) === 'stale' ? feed.shown(clock.now()) : null
    },
  }

  function check(): void {
    for (const feed of feeds.values()) announceChange(feed)
  }

  function announceChange(feed: FeedHealth): void {
    const now = clock.now()
    const state = feed.stateAt(now)
    const notable = state === 'stale' || state === 'closed' ? state : undefined
    if (announced.get(feed) === notable) return
    if (notable) announced.set(feed, notable)
    else announced.delete(feed)
    if (state === 'stale' && feed.awaited !== null) {
      const { evidence } = feed.shown(now)
      feed.count('stale', { date: isoDate(feed.awaited), seen: isoDate(now), evidence })
    }
    announce(feed.shown(now))
  }

  function update(stream: Stream, change: (feed: FeedHealth) => void): void {
    const key = streamKey(stream)
    const feed = feeds.get(key) ?? makeFeedHealth(stream, since)
    feeds.delete(key)
    feeds.set(key, feed)
    change(feed)
    if (feeds.size <= maxFeeds) return
    const [oldest] = feeds.keys()
    const forgotten = [...feeds].find(([, { isEmpty }]) => isEmpty)?.[0] ?? oldest
    if (forgotten !== undefined) feeds.delete(forgotten)
  }
}

/** Restores the health of feeds from the stored bars, so that a restarted server knows what is overdue. */
export async function restoreFeeds(feeds: Pick<Feeds, 'restore'>, store: BarStore & MarketStore): Promise<void> {
  const archived = new Set((await store.archived()).map(streamKey))
  const inUse = (await store.streams()).filter(stream => !archived.has(streamKey(stream)))
  const streams = [...inUse].sort((a, b) => a.lastOpenMs - b.lastOpenMs)
  for (const { market, intervalMs } of streams.slice(-maxFeeds)) {
    const stream = { market, intervalMs }
    const bars = await store.bars({ ...stream, fromMs: null, toMs: null, limit: latenessKept })
    const known = await store.known(
      stream,
      bars.map(bar => bar.ts),
    )
    // Warm-up rows did not come from the feed: they are stored as seen at their close.
    feeds.restore(
      stream,
      bars.flatMap(({ ts, seen }) => {
        const verdict = known.get(ts)?.verdict
        return verdict ? [{ ts, seen, nextOpen: nextOpenOf(verdict) }] : []
      }),
    )
  }
}

const kindOf = (kind: NonNullable<Verdict['fault']>['kind']): FeedFaultKind => (kind === 'bad-tick' ? 'badTick' : kind)
