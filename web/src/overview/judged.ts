import { computed, effect, signal } from '@preact/signals'
import { entries } from '../episodes/opened.ts'
import { formatDay } from '../format/when.ts'
import type { Candle } from '../state/series.ts'
import { part } from '../state/store.ts'
import { makePace } from '../sync/pace.ts'

const series = part(state => state.series)

/** The bars in memory, at most a second old: a fast replay does not draw every figure a hundred times. */
export const candles = signal<readonly Candle[]>([])

/** Keeps `candles` up to date until the returned function is called. */
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

/** When each episode began, newest first; faults are left out. */
export const starts = computed(() => entries.value.flatMap(({ kind, start }) => (kind === 'fault' ? [] : [start])))

/** The opens of the first and the newest bar that was judged. */
export type JudgedRange = readonly [first: number, last: number]

/**
 * The range of judged bars, in memory or not: an episode before the first bar in memory shows that bars were judged there. null
 * before the first verdict.
 */
export function judgedRange(candles: readonly Candle[], oldestEntry: number | null): JudgedRange | null {
  const first = candles.find(({ verdict }) => verdict)
  const last = candles.at(-1)
  return first && last ? [Math.min(first.at, oldestEntry ?? first.at), last.at] : null
}

/** The range of all judged bars. */
export const judged = computed(() => judgedRange(candles.value, entries.value.at(-1)?.start ?? null))
/** The range of the judged bars in memory. */
export const remembered = computed(() => judgedRange(candles.value, null))

/** `since 2 Jan 2021`, and whether there are older verdicts. */
export function sinceText(): string {
  const [from, all] = [remembered.value, judged.value]
  if (!from || !all) return ''
  const older = all[0] < from[0] ? '; older verdicts are not in memory' : ''
  return `since ${formatDay(from[0])}${older}`
}

/** The text of a card before the first verdict. */
export const nothingYet = 'Available after the first bar has been judged.'

/** The text of a card before the first comparison of a forecast with its bar. */
export const noForecastYet = 'Available after the first forecast has been checked.'
