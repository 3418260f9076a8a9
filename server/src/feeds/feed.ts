import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { median } from '@candlewatch/core/stats/median'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'

export const feedStates = ['live', 'stale', 'past', 'empty'] as const
export type FeedState = (typeof feedStates)[number]

export const faultKinds = [
  ...(['gap', 'flat', 'badTick', 'unlikely'] as const),
  ...(['stale', 'duplicate', 'impossible', 'conflict', 'late'] as const),
] as const
export type FaultKind = (typeof faultKinds)[number]

/** A fault as it was last seen. */
export interface Occurrence {
  /** The open of the row at fault; of a stale feed, of the bar that did not come. */
  readonly date: string
  readonly seen: string
  readonly evidence: string
}

/** A stream's feed as it is shown. Dates are ISO 8601 UTC. */
export interface ShownFeed {
  readonly market: string
  readonly interval: string
  readonly state: FeedState
  /** Why it is in this state, in one sentence. */
  readonly evidence: string
  /** The newest bar's open. */
  readonly lastBar: string | null
  readonly lastSeen: string | null
  /** When the next bar must be here, grace included. null where nothing is due by the market's clock. */
  readonly dueAt: string | null
  /** How long after its close a bar comes: the median of the last 20 on time. null before one was. */
  readonly usualLatenessMs: number | null
  readonly lastFault: (Occurrence & { readonly kind: FaultKind }) | null
  readonly countedSince: string
  readonly counts: Readonly<Record<FaultKind, number>>
  readonly last: Readonly<Record<FaultKind, Occurrence | null>>
}

/** One stream's feed: when its bars come, and what was wrong with them. */
export interface Feed {
  readonly stream: Stream
  readonly isEmpty: boolean
  /** Bars that were taken, oldest first. */
  take(bars: readonly Pick<Bar, 'ts' | 'seen'>[]): void
  note(kind: FaultKind, occurrence: Occurrence, times?: number): void
  isStale(now: Ms): boolean
  shown(now: Ms): ShownFeed
}

const leastGraceMs = 10_000
/** How many bars the usual lateness is taken over. */
export const latenessKept = 20

export function makeFeed({ market, intervalMs }: Stream, countedSince: Ms): Feed {
  const graceMs = Math.max(leastGraceMs, intervalMs / 10)
  // A row later than this is of the past: filled in afterwards, or replayed.
  const mostLateMs = 2 * intervalMs + graceMs
  const latenessMs: number[] = []
  const counts = byKind(() => 0)
  const last = byKind<Occurrence | null>(() => null)
  let lastFault: ShownFeed['lastFault'] = null
  let newest: Pick<Bar, 'ts' | 'seen'> | null = null
  // Once a bar came on time, those before it can't come any more: from then on the market's clock holds.
  let followsMarket = false

  return {
    stream: { market, intervalMs },
    get isEmpty() {
      return newest === null
    },
    take(bars) {
      for (const bar of bars) {
        const lateMs = bar.seen - bar.ts
        const onTime = lateMs <= mostLateMs
        // Of rows that came together the first waited longest: what a feed that is fetched now and then makes usual.
        if (onTime && bar.seen !== newest?.seen) latenessMs.push(lateMs)
        if (latenessMs.length > latenessKept) latenessMs.shift()
        followsMarket ||= onTime
        newest = bar
      }
    },
    note(kind, occurrence, times = 1) {
      counts[kind] += times
      last[kind] = occurrence
      lastFault = { kind, ...occurrence }
    },
    isStale: now => stateAt(now) === 'stale',
    shown(now) {
      const state = stateAt(now)
      const due = dueMs()
      return {
        market,
        interval: formatInterval(intervalMs),
        state,
        evidence: evidenceOf(state, now),
        lastBar: newest && isoDate(newest.ts - intervalMs),
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

  function stateAt(now: Ms): FeedState {
    if (!newest) return 'empty'
    const due = dueMs()
    if (due === null) return 'past'
    return now > due ? 'stale' : 'live'
  }

  function dueMs(): number | null {
    return newest && followsMarket ? wholeSecond(newest.ts + intervalMs + usualLatenessMs() + graceMs) : null
  }

  function usualLatenessMs(): number {
    return latenessMs.length > 0 ? median(Float64Array.from(latenessMs)) : 0
  }

  function evidenceOf(state: FeedState, now: Ms): string {
    if (!newest) return 'No row of this feed has been taken yet.'
    const date = isoDate(newest.ts - intervalMs)
    if (state === 'past') {
      return `Its rows are of the past: the newest opened at ${date} and came at ${isoDate(wholeSecond(newest.seen))}. What is past is never overdue.`
    }
    if (state === 'live') {
      return `The bar of ${date} came ${spoken(newest.seen - newest.ts)} after its close; the next must be here by ${isoDate(dueMs()!)}.`
    }
    const missing = Math.floor((now - newest.ts) / intervalMs)
    const all = missing > 1 ? `; with it ${missing} bars are missing` : ''
    return `No bar of ${isoDate(newest.ts)} yet: it closed at ${isoDate(newest.ts + intervalMs)}, and this feed usually takes ${spoken(usualLatenessMs())}${all}.`
  }
}

function byKind<T>(first: () => T): Record<FaultKind, T> {
  return Object.fromEntries(faultKinds.map(kind => [kind, first()])) as Record<FaultKind, T>
}

/** A sentence has no use for fractions. */
const wholeSecond = (ms: number) => Math.ceil(ms / 1_000) * 1_000

function spoken(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
