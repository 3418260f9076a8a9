import { computed, effect, signal } from '@preact/signals'
import { go, showTab } from '../state/navigation.ts'
import { part } from '../state/store.ts'
import { defaultFilter, type Filter, filterOf, pick, recencies, writeFilter } from './filter.ts'
import { entries, openEntry, openedEntry } from './opened.ts'

const asked = () => filterOf(new URLSearchParams(location.search))

/** Which rows of the log are wished for; the address says the same. */
export const filter = signal<Filter>(asked())

const newest = part(({ series }) => series.candles.at(-1)?.at ?? 0)
/** Every bar moves the hour that was last; without such a limit none needs a look at the rows. */
const now = computed(() => (recencies[filter.value.recency] === Number.POSITIVE_INFINITY ? 0 : newest.value))

export const rows = computed(() => pick(entries.value, filter.value, now.value))

effect(() => {
  const url = new URL(location.href)
  writeFilter(url.searchParams, filter.value)
  if (url.href !== location.href) history.replaceState(null, '', url)
})

addEventListener('popstate', () => {
  filter.value = asked()
})

/** The log with these rows alone, wherever one was. */
export function showLog(narrow: Partial<Filter>): void {
  go('watch')
  showTab('episodes')
  filter.value = { ...defaultFilter, ...narrow }
}

/** The next older (1) or newer (−1) of the rows that are wished for; the newest when none is open. */
export function openAdjacent(step: 1 | -1): void {
  const byTime = rows.value.toSorted((a, b) => b.start - a.start)
  const from = openedEntry.value?.start
  const older = () => byTime.find(({ start }) => from === undefined || start < from)
  const entry = step === 1 || from === undefined ? older() : byTime.findLast(({ start }) => start > from)
  if (entry) openEntry(entry)
}
