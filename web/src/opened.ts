import type { Ms, Verdict } from '@candlewatch/core/types'
import { computed, effect, signal } from '@preact/signals'
import { fetchVerdictAt, postLabel } from './alarms-api.ts'
import { type Entry, entriesOf } from './episodes.ts'
import { dispatch, part, state } from './store.ts'
import { firstFrom } from './tape.ts'

const episodes = part(state => state.episodes)
const alarms = part(({ tape }) => tape.alarms)

/** Every row of the log, newest first. */
export const entries = computed(() => entriesOf(episodes.value, alarms.value))

/** The open of the bar whose panel is open. */
export const openedAt = part(({ view }) => view.selected)

/** The row of the log that the opened bar belongs to. */
export const openedEntry = computed(() => {
  const at = openedAt.value
  return at === null ? null : (entries.value.find(({ start, end }) => start <= at && at <= end) ?? null)
})

/** What was said of bars that are not in memory: older episodes'. null while it is asked for or when nothing was said. */
const fetched = signal<{ readonly at: Ms; readonly verdict: Verdict | null } | null>(null)

const remembered = part(({ tape, view: { selected } }) => {
  if (selected === null) return null
  const candle = tape.candles[firstFrom(tape.candles, selected)]
  return candle?.at === selected ? candle.verdict : null
})

export const openedVerdict = computed(() => {
  if (remembered.value) return remembered.value
  return fetched.value && fetched.value.at === openedAt.value ? fetched.value.verdict : null
})

export function openEntry({ peak }: Entry): void {
  dispatch({ kind: 'selected', at: peak })
}

/** The next older (1) or newer (−1) row; the newest when none is open. */
export function openBeside(step: 1 | -1): void {
  const all = entries.value
  const index = openedEntry.value ? all.indexOf(openedEntry.value) + step : 0
  const entry = all[Math.min(Math.max(index, 0), all.length - 1)]
  if (entry) openEntry(entry)
}

/** Says it of the opened bar; what the server refuses is shown as a notice. */
export async function markOpened(mark: 'right' | 'wrong' | 'missed'): Promise<void> {
  const verdict = openedVerdict.value
  if (!verdict) return
  const { market, interval, date } = verdict
  try {
    dispatch({ kind: 'labels', labels: [await postLabel({ market, interval, date, mark })] })
  } catch (error) {
    dispatch({ kind: 'notice', notice: error instanceof Error ? error.message : String(error) })
  }
}

/** Keeps the address naming the open episode, and opens the one that it named at first. */
export function runLink(wanted: string | null): void {
  let sought = wanted
  effect(() => {
    const all = entries.value
    if (sought === null || all.length === 0) return
    const entry = all.find(({ start }) => start === Date.parse(sought!))
    sought = null
    if (entry) queueMicrotask(() => openEntry(entry))
  })
  effect(() => {
    const start = openedEntry.value?.start
    if (sought !== null) return
    const url = new URL(location.href)
    if (start === undefined) url.searchParams.delete('episode')
    else url.searchParams.set('episode', new Date(start).toISOString().replace('.000Z', 'Z'))
    if (url.href !== location.href) history.replaceState(null, '', url)
  })
  effect(() => {
    const at = openedAt.value
    const { market } = state.peek()
    if (at === null || remembered.value || !market) return
    fetchVerdictAt(market, at).then(
      verdict => {
        fetched.value = { at, verdict }
      },
      () => undefined,
    )
  })
}
