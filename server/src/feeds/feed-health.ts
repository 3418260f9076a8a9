import { type FaultOccurrence, type Feed, type FeedFaultKind, feedFaultKinds } from '@candlewatch/api/feeds'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { median } from '@candlewatch/core/stats/median'
import { closeOf, minuteMs, openOf, type Stream, secondMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** A bar that came: its close, when it was received, and when the next one is expected to open; null where that is unknown. */
export interface Arrival {
  readonly ts: Ms
  readonly seen: Ms
  readonly nextOpen: Ms | null
}

/** The health of one stream's feed: whether its bars come when they are due, and what was wrong with them. */
export interface FeedHealth {
  readonly stream: Stream
  /** true until a bar is accepted. */
  readonly isEmpty: boolean
  /** Close of the newest bar; 0 before the first. */
  readonly newestTs: Ms
  /** Records bars that were accepted, oldest first. */
  accept(bars: readonly Arrival[]): void
  /** Goes back to this bar after newer ones were withdrawn. */
  goBack(newest: Arrival | null): void
  /** Counts a fault that happened `times` times. */
  count(kind: FeedFaultKind, occurrence: FaultOccurrence, times?: number): void
  /** Open of the bar that is awaited; null before the first. */
  readonly awaited: Ms | null
  stateAt(now: Ms): Feed['state']
  shown(now: Ms): Feed
}

const minGraceMs = 10 * secondMs
/** How many bars the usual lateness is the median of. */
export const latenessKept = 20

/** The health of a feed without any bar yet. `countedSince` is when counting started. */
export function makeFeedHealth({ market, intervalMs }: Stream, countedSince: Ms): FeedHealth {
  const graceMs = Math.max(minGraceMs, intervalMs / 10)
  // A later row belongs to the past: it was filled in afterwards, or is replayed.
  const maxLateMs = 2 * intervalMs + graceMs
  const latenessMs: number[] = []
  const counts = byKind(() => 0)
  const last = byKind<FaultOccurrence | null>(() => null)
  let lastFault: Feed['lastFault'] = null
  let newest: Arrival | null = null
  // Once a bar arrived on time, no earlier one can follow: from then on bars are due by the clock.
  let isLive = false

  return {
    stream: { market, intervalMs },
    get isEmpty() {
      return newest === null
    },
    get newestTs() {
      return newest?.ts ?? (0 as Ms)
    },
    accept(bars) {
      for (const bar of bars) {
        const lateMs = bar.seen - bar.ts
        const onTime = lateMs <= maxLateMs
        // When rows come together, the first has waited longest: that is the usual lateness of a feed that is polled now and then.
        if (onTime && bar.seen !== newest?.seen) latenessMs.push(lateMs)
        if (latenessMs.length > latenessKept) latenessMs.shift()
        isLive ||= onTime
        newest = bar
      }
    },
    goBack(bar) {
      newest = bar
    },
    count(kind, occurrence, times = 1) {
      counts[kind] += times
      last[kind] = occurrence
      lastFault = { kind, ...occurrence }
    },
    get awaited() {
      return newest && awaitedAfter(newest)
    },
    stateAt,
    shown(now) {
      const state = stateAt(now)
      const due = dueMs()
      return {
        market,
        interval: formatInterval(intervalMs),
        state,
        evidence: evidenceOf(state, now),
        lastBar: newest && isoDate(openOf(newest, intervalMs)),
        lastSeen: newest && isoDate(newest.seen),
        dueAt: due === null ? null : isoDate(due),
        usualLatenessMs: latenessMs.length > 0 ? usualLatenessMs() : null,
        lastFault,
        countedSince: isoDate(countedSince),
        counts: { ...counts },
        last: { ...last },
      }
    },
  }

  function stateAt(now: Ms): Feed['state'] {
    if (!newest) return 'empty'
    const due = dueMs()
    if (due === null) return 'past'
    if (now > due) return 'stale'
    return now >= newest.ts && now < awaitedAfter(newest) ? 'closed' : 'live'
  }

  /** A bar follows the newest one, or is the first after closed hours. */
  function awaitedAfter({ ts, nextOpen }: Arrival): Ms {
    return nextOpen !== null && nextOpen > ts ? nextOpen : ts
  }

  function dueMs(): number | null {
    if (!newest || !isLive) return null
    return wholeSecond(closeOf(awaitedAfter(newest), intervalMs) + usualLatenessMs() + graceMs)
  }

  function usualLatenessMs(): number {
    return latenessMs.length > 0 ? median(Float64Array.from(latenessMs)) : 0
  }

  function evidenceOf(state: Feed['state'], now: Ms): string {
    if (!newest) return 'No row of this feed has been accepted yet.'
    const date = isoDate(openOf(newest, intervalMs))
    if (state === 'past') {
      return `Its rows are historical: the newest opened at ${date} and was received at ${isoDate(wholeSecond(newest.seen))}. Historical rows are never overdue.`
    }
    if (state === 'live') {
      return `The bar of ${date} arrived ${spoken(newest.seen - newest.ts)} after its close; the next is due by ${isoDate(dueMs()!)}.`
    }
    const awaited = awaitedAfter(newest)
    if (state === 'closed') {
      return `The market has closed: the newest bar opened at ${date}; the next is expected at ${isoDate(awaited)} and due by ${isoDate(dueMs()!)}.`
    }
    const missing = Math.floor((now - awaited) / intervalMs)
    const all = missing > 1 ? `; ${missing} bars are missing in total` : ''
    return `No bar of ${isoDate(awaited)} yet: it closed at ${isoDate(closeOf(awaited, intervalMs))}, and this feed usually takes ${spoken(usualLatenessMs())}${all}.`
  }
}

function byKind<T>(first: () => T): Record<FeedFaultKind, T> {
  return Object.fromEntries(feedFaultKinds.map(kind => [kind, first()])) as Record<FeedFaultKind, T>
}

/** Rounds a time down to the second for a sentence. */
const wholeSecond = (ms: number) => Math.ceil(ms / secondMs) * secondMs

function spoken(ms: number): string {
  if (ms < minuteMs) return `${Math.round(ms / secondMs)} s`
  const minutes = Math.round(ms / minuteMs)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
