import { computed, effect, signal } from '@preact/signals'
import { entries } from '../episodes/opened.ts'
import { formatDay } from '../format/when.ts'
import type { Candle } from '../state/series.ts'
import { part } from '../state/store.ts'
import { makePace } from '../sync/pace.ts'

const series = part(state => state.series)

/** The bars in memory, a second old at most: a replay in a hurry does not draw every figure a hundred times. */
export const candles = signal<readonly Candle[]>([])

/** Keeps them until the returned function is called. */
export function watchSeries(): () => void {
  const take = makePace(() => {
    candles.value = series.peek().candles
  }, 1_000)
  candles.value = series.peek().candles
  return effect(() => {
    void series.value
    take()
  })
}

/** Of episodes alone, newest first. */
export const starts = computed(() => entries.value.flatMap(({ kind, start }) => (kind === 'fault' ? [] : [start])))

/** All that was judged, in memory or not. */
export const judged = computed(() => judgedRange(candles.value, entries.value.at(-1)?.start ?? null))
/** What is in memory of that. */
export const remembered = computed(() => judgedRange(candles.value, null))

/** `since 2 Jan 2021`, and whether more was judged before. */
export function sinceText(): string {
  const [from, all] = [remembered.value, judged.value]
  if (!from || !all) return ''
  const older = all[0] < from[0] ? '; what was judged before is not in memory' : ''
  return `since ${formatDay(from[0])}${older}`
}

/** What a card says while nothing was judged. */
export const nothingYet = 'Known from the first bar that is judged.'

/** What there is to say something of: opens of the first and the newest bar that was judged. */
export type KnownRange = readonly [first: number, last: number]

/**
 * All that was judged, in memory or not: bars before the first that memory holds were judged if something was said of one of
 * them. null before the first verdict.
 */
export function judgedRange(candles: readonly Candle[], oldestEntry: number | null): KnownRange | null {
  const first = candles.find(({ verdict }) => verdict)
  const last = candles.at(-1)
  return first && last ? [Math.min(first.at, oldestEntry ?? first.at), last.at] : null
}
