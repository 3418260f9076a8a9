import type { Label } from '@candlewatch/api/labels'
import { isoDate } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import { computed, effect } from '@preact/signals'
import { ask, messageOf } from '../api/ask.ts'
import { currentRoom } from '../state/navigation.ts'
import { dispatch, part } from '../state/store.ts'
import { type Entry, entriesOf } from './entry.ts'
import { neighbours } from './neighbours.ts'

const isEmpty = part(({ series }) => series.candles.length === 0)
const episodes = part(state => state.episodes)
const faults = part(state => state.faults)

/** Every episode and fault, newest first. */
export const entries = computed(() => entriesOf(episodes.value, faults.value))

/** The open of the bar whose panel is open. */
export const openedAt = part(({ view }) => view.selected)

/** The episode or fault that the open bar belongs to. */
export const openedEntry = computed(() => {
  const at = openedAt.value
  return at === null ? null : (entries.value.find(({ start, end }) => start <= at && at <= end) ?? null)
})

/** The verdict of the open bar; null until it was read, and for a bar without a verdict. */
export const openedVerdict = computed(() => neighbours.value?.find(({ at }) => at === openedAt.value)?.verdict ?? null)

/** Opens the panel of an episode's peak. */
export function openEntry({ peak }: Entry): void {
  dispatch({ kind: 'selected', at: peak })
}

/** Stores the reader's mark of the open bar; a refusal is shown as a notice. */
export async function markOpened(mark: Label['mark']): Promise<void> {
  const verdict = openedVerdict.value
  if (!verdict) return
  const { market, interval, date } = verdict
  try {
    const label = await ask('POST /api/labels', { body: { market, interval, date, mark } })
    dispatch({ kind: 'labels', labels: [label] })
  } catch (error) {
    dispatch({ kind: 'notice', notice: messageOf(error) })
  }
}

/** Opens what the address names at first, an episode by any of its bars or any bar, and keeps the address up to date. */
export function runLink(wanted: { readonly episode: string | null; readonly at: string | null }): void {
  let sought = wanted.episode ?? wanted.at
  effect(() => {
    const all = entries.value
    if (sought === null || isEmpty.value || (wanted.episode !== null && all.length === 0)) return
    const at = msOf(sought)
    const entry = all.find(({ start, end }) => start <= at && at <= end)
    const notice = `No ${wanted.episode === null ? 'bar' : 'episode'} was found at ${sought}.`
    sought = null
    queueMicrotask(() => {
      if (entry) openEntry(entry)
      else if (wanted.episode === null && !Number.isNaN(at)) dispatch({ kind: 'selected', at })
      else dispatch({ kind: 'notice', notice })
    })
  })
  effect(() => {
    const start = openedEntry.value?.start
    const isWatch = currentRoom.value === 'watch'
    if (sought !== null) return
    const url = new URL(location.href)
    setDate(url, 'episode', isWatch ? start : undefined)
    setDate(url, 'at', isWatch && start === undefined ? (openedAt.value ?? undefined) : undefined)
    if (url.href !== location.href) history.replaceState(null, '', url)
  })
}

function setDate(url: URL, parameter: string, at: number | undefined): void {
  if (at === undefined) url.searchParams.delete(parameter)
  else url.searchParams.set(parameter, isoDate(at))
}
