import { computed, effect, signal } from '@preact/signals'
import { go, showTab } from '../state/navigation.ts'
import { part } from '../state/store.ts'
import { applyFilter, defaultFilter, type Filter, filterOf, recencies, writeFilter } from './filter.ts'
import { entries, openEntry, openedEntry } from './opened.ts'

const inAddress = () => filterOf(new URLSearchParams(location.search))

/** The filter of the list; the address carries it too. */
export const filter = signal<Filter>(inAddress())

const newest = part(({ series }) => series.candles.at(-1)?.at ?? 0)
/** Every bar moves the end of "the last hour"; a filter without a recency does not depend on the newest bar. */
const now = computed(() => (recencies[filter.value.recency] === Number.POSITIVE_INFINITY ? 0 : newest.value))

/** The episodes and faults that pass the filter, in its order. */
export const rows = computed(() => applyFilter(entries.value, filter.value, now.value))

effect(() => {
  const url = new URL(location.href)
  writeFilter(url.searchParams, filter.value)
  if (url.href !== location.href) history.replaceState(null, '', url)
})

addEventListener('popstate', () => {
  filter.value = inAddress()
})

/** Opens the list with a filter, from any room. */
export function showLog(change: Partial<Filter>): void {
  go('watch')
  showTab('episodes')
  filter.value = { ...defaultFilter, ...change }
}

/** Opens the next older (1) or newer (−1) row that passes the filter; the newest one while none is open. */
export function openAdjacent(step: 1 | -1): void {
  const byTime = rows.value.toSorted((a, b) => b.start - a.start)
  const from = openedEntry.value?.start
  const older = () => byTime.find(({ start }) => from === undefined || start < from)
  const entry = step === 1 || from === undefined ? older() : byTime.findLast(({ start }) => start > from)
  if (entry) openEntry(entry)
}
