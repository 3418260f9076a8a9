import { computed, effect, signal } from '@preact/signals'
import { go } from '../shell/place.ts'
import { part } from '../state/store.ts'
import { showTab } from '../watch/side.ts'
import { pick } from './log.ts'
import { entries, openEntry, openedEntry } from './opened.ts'
import { firstWish, recencies, type Wish, wishOf, writeWish } from './wish.ts'

const asked = () => wishOf(new URLSearchParams(location.search))

/** Which rows of the log are wished for; the address says the same. */
export const wish = signal<Wish>(asked())

const newest = part(({ tape }) => tape.candles.at(-1)?.at ?? 0)
/** Every bar moves the hour that was last; without such a limit none needs a look at the rows. */
const now = computed(() => (recencies[wish.value.recency] === Number.POSITIVE_INFINITY ? 0 : newest.value))

export const rows = computed(() => pick(entries.value, wish.value, now.value))

effect(() => {
  const url = new URL(location.href)
  writeWish(url.searchParams, wish.value)
  if (url.href !== location.href) history.replaceState(null, '', url)
})

addEventListener('popstate', () => {
  wish.value = asked()
})

/** The log with these rows alone, wherever one was. */
export function showLog(narrow: Partial<Wish>): void {
  go('watch')
  showTab('episodes')
  wish.value = { ...firstWish, ...narrow }
}

/** The next older (1) or newer (−1) of the rows that are wished for; the newest when none is open. */
export function openBeside(step: 1 | -1): void {
  const byTime = rows.value.toSorted((a, b) => b.start - a.start)
  const from = openedEntry.value?.start
  const older = () => byTime.find(({ start }) => from === undefined || start < from)
  const entry = step === 1 || from === undefined ? older() : byTime.findLast(({ start }) => start > from)
  if (entry) openEntry(entry)
}
