import { computed, effect, signal } from '@preact/signals'
import { entries } from '../episodes/opened.ts'
import { makePace } from '../feed/pace.ts'
import { formatDay } from '../format/when.ts'
import { part } from '../state/store.ts'
import type { Candle } from '../state/tape.ts'
import { judgedRange } from './known-range.ts'

const tape = part(state => state.tape)

/** The bars in memory, a second old at most: a replay in a hurry does not draw every figure a hundred times. */
export const candles = signal<readonly Candle[]>([])

/** Keeps them until the returned function is called. */
export function watchTape(): () => void {
  const take = makePace(() => {
    candles.value = tape.peek().candles
  }, 1_000)
  candles.value = tape.peek().candles
  return effect(() => {
    void tape.value
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
export function sinceWord(): string {
  const [from, all] = [remembered.value, judged.value]
  if (!from || !all) return ''
  const older = all[0] < from[0] ? '; what was judged before is not in memory' : ''
  return `since ${formatDay(from[0])}${older}`
}

/** `3 episodes`. */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}

/** What a card says while nothing was judged. */
export const nothingYet = 'Known from the first bar that is judged.'
