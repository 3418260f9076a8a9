import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { computed, effect } from '@preact/signals'
import { messageOf } from '../api/ask.ts'
import { postLabel } from '../api/episodes.ts'
import { currentRoom } from '../state/navigation.ts'
import { dispatch, part } from '../state/store.ts'
import { type Entry, entriesOf } from './entry.ts'
import { neighbours } from './neighbours.ts'

const isEmpty = part(({ series }) => series.candles.length === 0)
const episodes = part(state => state.episodes)
const faults = part(state => state.faults)

/** Every row of the log, newest first. */
export const entries = computed(() => entriesOf(episodes.value, faults.value))

/** The open of the bar whose panel is open. */
export const openedAt = part(({ view }) => view.selected)

/** The row of the log that the opened bar belongs to. */
export const openedEntry = computed(() => {
  const at = openedAt.value
  return at === null ? null : (entries.value.find(({ start, end }) => start <= at && at <= end) ?? null)
})

/** null while nothing is known of the opened bar, and where nothing was said of it. */
export const openedVerdict = computed(() => neighbours.value?.find(({ at }) => at === openedAt.value)?.verdict ?? null)

export function openEntry({ peak }: Entry): void {
  dispatch({ kind: 'selected', at: peak })
}

/** Says it of the opened bar; what the server refuses is shown as a notice. */
export async function markOpened(mark: 'right' | 'wrong' | 'missed'): Promise<void> {
  const verdict = openedVerdict.value
  if (!verdict) return
  const { market, interval, date } = verdict
  try {
    dispatch({ kind: 'labels', labels: [await postLabel({ market, interval, date, mark })] })
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
}

/** Keeps the address naming what is open, and opens what it named at first: an episode by any of its bars, or any bar. */
export function runLink(wanted: { readonly episode: string | null; readonly at: string | null }): void {
  let sought = wanted.episode ?? wanted.at
  effect(() => {
    const all = entries.value
    if (sought === null || isEmpty.value || (wanted.episode !== null && all.length === 0)) return
    const at = Date.parse(sought) as Ms
    const entry = all.find(({ start, end }) => start <= at && at <= end)
    const notice = `No ${wanted.episode === null ? 'bar' : 'episode'} of ${sought} is known here.`
    sought = null
    queueMicrotask(() => {
      if (entry) openEntry(entry)
      else if (wanted.episode === null && !Number.isNaN(at)) dispatch({ kind: 'selected', at })
      else dispatch({ kind: 'notice', notice })
    })
  })
  effect(() => {
    const start = openedEntry.value?.start
    const isHere = currentRoom.value === 'watch'
    if (sought !== null) return
    const url = new URL(location.href)
    name(url, 'episode', isHere ? start : undefined)
    name(url, 'at', isHere && start === undefined ? (openedAt.value ?? undefined) : undefined)
    if (url.href !== location.href) history.replaceState(null, '', url)
  })
}

function name(url: URL, parameter: string, at: number | undefined): void {
  if (at === undefined) url.searchParams.delete(parameter)
  else url.searchParams.set(parameter, isoDate(at))
}
