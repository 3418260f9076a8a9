import type { Ms, Verdict } from '@candlewatch/core/types'
import { computed, effect, signal } from '@preact/signals'
import { postLabel } from '../api/alarms.ts'
import { wordOf } from '../api/ask.ts'
import { fetchVerdictAt } from '../api/bars.ts'
import { place } from '../shell/place.ts'
import { dispatch, part, state } from '../state/store.ts'
import { firstFrom } from '../state/tape.ts'
import { type Entry, entriesOf } from './episodes.ts'

const episodes = part(state => state.episodes)
const alarms = part(({ tape }) => tape.alarms)
const isEmpty = part(({ tape }) => tape.candles.length === 0)

/** What was said of bars that are not in memory, by their opens: peaks of older episodes. */
const older = signal<ReadonlyMap<number, Verdict>>(new Map())
const asked = new Set<number>()

/** Every row of the log, newest first. */
export const entries = computed(() => entriesOf(episodes.value, alarms.value, older.value))

/** The open of the bar whose panel is open. */
export const openedAt = part(({ view }) => view.selected)

/** The row of the log that the opened bar belongs to. */
export const openedEntry = computed(() => {
  const at = openedAt.value
  return at === null ? null : (entries.value.find(({ start, end }) => start <= at && at <= end) ?? null)
})

const remembered = part(({ tape, view: { selected } }) => {
  if (selected === null) return null
  const candle = tape.candles[firstFrom(tape.candles, selected)]
  return candle?.at === selected ? candle.verdict : null
})

export const openedVerdict = computed(() => {
  return remembered.value ?? (openedAt.value === null ? null : (older.value.get(openedAt.value) ?? null))
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
    dispatch({ kind: 'notice', notice: wordOf(error) })
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
    const isHere = place.value === 'watch'
    if (sought !== null) return
    const url = new URL(location.href)
    name(url, 'episode', isHere ? start : undefined)
    name(url, 'at', isHere && start === undefined ? (openedAt.value ?? undefined) : undefined)
    if (url.href !== location.href) history.replaceState(null, '', url)
  })
  effect(() => {
    const at = openedAt.value
    if (at !== null && !remembered.value) void askFor([at])
  })
}

function name(url: URL, parameter: string, at: number | undefined): void {
  if (at === undefined) url.searchParams.delete(parameter)
  else url.searchParams.set(parameter, new Date(at).toISOString().replace('.000Z', 'Z'))
}

/** Fetches what was said of bars that are not in memory, one after the other, each once. */
export async function askFor(bars: readonly number[]): Promise<void> {
  const { market } = state.peek()
  for (const at of bars) {
    if (!market || asked.has(at)) continue
    asked.add(at)
    try {
      const verdict = await fetchVerdictAt(market, at)
      if (verdict) older.value = new Map([...older.peek(), [at, verdict]])
    } catch {
      // Asked again when it is looked at again.
      asked.delete(at)
    }
  }
}
