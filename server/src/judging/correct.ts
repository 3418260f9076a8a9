import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Correction, CorrectionStore } from '@candlewatch/adapters/stores/corrections'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { differingField } from '@candlewatch/core/bar'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { closeOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { maxLaterBars } from './rejudge.ts'

/** The ports that a correction needs. */
export type CorrectingStore = BarStore & VerdictStore & CorrectionStore

/** The result of a correction. */
export interface Corrected {
  /** null when the bar already had these numbers: nothing was changed. */
  readonly correction: Correction | null
  /** The verdicts on the corrected bar and all after it, oldest first. */
  readonly verdicts: readonly Verdict[]
}

/** A bar that can be corrected. */
export interface Correctable {
  /** The verdict on it as it is stored. */
  readonly verdict: Verdict
  /** true if the stored bar has the corrected numbers already. */
  readonly isSame: boolean
  /** The bars after it, oldest first. */
  readonly later: readonly Bar[]
}

/** The bars that can still be filled in: those that close after `afterTs`. */
export interface Fillable {
  readonly afterTs: Ms
  /** That bar, in words. */
  readonly after: string
  /** The newest bars, oldest first: all from the oldest that can be filled in on. */
  readonly newest: readonly Bar[]
}

/**
 * Finds the stored bar that a corrected one replaces. Throws ERR_CORRECTION_UNKNOWN for a bar without a verdict and
 * ERR_CORRECTION_OLD for one with more than 10,000 bars after it.
 */
export async function findCorrectable(store: BarStore, stream: Stream, bar: Bar): Promise<Correctable> {
  const openMs = openOf(bar, stream.intervalMs)
  const date = isoDate(openMs)
  const entry = (await store.known(stream, [bar.ts])).get(bar.ts)
  if (!entry?.verdict) {
    const found = entry ? 'one that was only part of the warm-up' : 'none'
    const message = `Expected a bar that was judged at ${date}, found ${found}. Only judged bars can be corrected.`
    throw new CandlewatchError('ERR_CORRECTION_UNKNOWN', message, { field: 'date' })
  }
  const fromMs = closeOf(openMs, stream.intervalMs)
  const later = await store.bars({ ...stream, fromMs, toMs: null, limit: maxLaterBars + 1 })
  if (later.length > maxLaterBars) {
    const message = `Expected a bar with at most ${maxLaterBars} after it, found ${date} with more. All of them would be judged again.`
    throw new CandlewatchError('ERR_CORRECTION_OLD', message, { field: 'date' })
  }
  return { verdict: entry.verdict, isSame: differingField(entry.bar, bar) === undefined, later }
}

/**
 * Finds which missing bars can be filled in: those after the first bar that was judged, or after `sinceTs`, with at most 10,000
 * bars after them. null if there is none.
 */
export async function findFillable(
  store: BarStore & VerdictStore,
  stream: Stream,
  sinceTs = Infinity,
): Promise<Fillable | null> {
  const judgedTs = await store.firstJudged(stream)
  if (judgedTs === null) return null
  const firstTs = Math.min(judgedTs, sinceTs) as Ms
  const newest = await store.bars({ ...stream, fromMs: null, toMs: null, limit: maxLaterBars + 1 })
  const oldestTs = newest.length > maxLaterBars ? newest[0]?.ts : undefined
  if (oldestTs === undefined || oldestTs <= firstTs)
    return { afterTs: firstTs, after: 'the first one that was judged', newest }
  return { afterTs: oldestTs, after: `the one with ${maxLaterBars} bars after it`, newest }
}

/** A bar that can be withdrawn. Throws ERR_CORRECTION_UNKNOWN for a bar without a verdict, and ERR_BAR_NOT_NEWEST. */
export async function findWithdrawable(store: BarStore, stream: Stream, openMs: Ms): Promise<Bar> {
  const ts = closeOf(openMs, stream.intervalMs)
  const entry = (await store.known(stream, [ts])).get(ts)
  const date = isoDate(openMs)
  if (!entry?.verdict) {
    const found = entry ? 'one that was only part of the warm-up' : 'none'
    const message = `Expected a bar that was judged at ${date}, found ${found}. Only judged bars can be withdrawn.`
    throw new CandlewatchError('ERR_CORRECTION_UNKNOWN', message, { field: 'date' })
  }
  const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
  if (newest && newest.ts > ts) {
    const message = `Expected the newest bar, which opened at ${isoDate(openOf(newest, stream.intervalMs))}, found ${date}. Withdraw the bars after it first, or correct its numbers with POST /api/corrections.`
    throw new CandlewatchError('ERR_BAR_NOT_NEWEST', message, { field: 'date' })
  }
  return entry.bar
}
