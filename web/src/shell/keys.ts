import { signal } from '@preact/signals'
import { zoom } from '../chart/chart-toolbar.tsx'
import { type Overlay, overlayWords, switchOverlay, switchStyle } from '../chart/looks.ts'
import { openBeside } from '../episodes/wished.ts'
import { switchZone } from '../format/zone.ts'
import { changeSpeed, step, togglePlay, toNewest, toNextAnomaly } from '../replay/steer.ts'
import { dispatch, state } from '../state/store.ts'
import { type Span, spans } from '../state/window.ts'
import { showTab, type Tab } from '../watch/side.ts'
import { go, type Place, place, places } from './place.ts'
import { switchTheme } from './theme.ts'

/** Whether the list of keys is open. */
export const isHelpOpen = signal(false)

interface Key {
  /** As KeyboardEvent.key has them; the first is shown. */
  readonly keys: readonly [string, ...string[]]
  readonly shown?: string
  readonly does: string
  /** Of the chart: without meaning elsewhere. */
  readonly onWatch?: true
  /** Held down, it goes on. */
  readonly repeats?: true
  /** False when there was nothing to do: the key then keeps its own meaning. */
  run(): unknown
}

export const keys: readonly Key[] = [
  { keys: [' '], shown: 'Space', does: 'Play or pause the replay', run: togglePlay },
  { keys: ['.'], does: 'One bar on', repeats: true, run: () => step(1) },
  { keys: [','], does: 'One bar back: watch again', repeats: true, run: () => step(-1) },
  { keys: ['n'], does: 'On to the next anomaly or feed fault', run: toNextAnomaly },
  { keys: ['>'], does: 'Replay faster', run: () => changeSpeed(1) },
  { keys: ['<'], does: 'Replay slower', run: () => changeSpeed(-1) },
  { keys: ['g'], does: 'Go to a date', run: writeDate },
  ...ofWatch([
    { keys: ['End'], does: 'Back to now', run: toNow },
    ...(Object.keys(spans) as Span[]).map((span, index) => ({
      keys: [String(index + 1)] as const,
      does: `Show ${{ '1d': 'a day', '1w': 'a week', '1m': 'a month', all: 'all bars' }[span]}`,
      run: () => dispatch({ kind: 'span', span }),
    })),
    { keys: ['['], does: 'Earlier', run: () => dispatch({ kind: 'panned', direction: -1 }) },
    { keys: [']'], does: 'Later', run: () => dispatch({ kind: 'panned', direction: 1 }) },
    { keys: ['=', '+'], shown: '=', does: 'Zoom in', run: () => zoom(0.5) },
    { keys: ['-'], does: 'Zoom out', run: () => zoom(2) },
    { keys: ['c'], does: 'Candles, a line, or what fits', run: switchStyle },
    ...(Object.keys(overlayWords) as Overlay[]).map(name => ({
      keys: [overlayWords[name].key] as const,
      does: overlayWords[name].word,
      run: () => switchOverlay(name),
    })),
    { keys: ['j'], does: 'Open the next older episode', run: () => openBeside(1) },
    { keys: ['k'], does: 'Open the next newer episode', run: () => openBeside(-1) },
    { keys: ['Escape'], shown: 'Esc', does: 'Close what is open', run: () => dispatch({ kind: 'picked', at: null }) },
  ]),
  { keys: ['e'], does: 'All episodes', run: () => toTab('episodes') },
  { keys: ['r'], does: 'Rehearse a budget', run: rehearse },
  ...(Object.keys(places) as Place[]).map(
    (name): Key => ({ keys: [name[0]!], does: `Go to ${places[name].word.toLowerCase()}`, run: () => go(name) }),
  ),
  { keys: ['u'], does: 'Times in UTC or local', run: switchZone },
  { keys: ['t'], does: 'Light or dark', run: switchTheme },
  { keys: ['?'], does: 'These keys', run: toggleHelp },
]

function ofWatch(keys: readonly Key[]): readonly Key[] {
  return keys.map(key => ({ ...key, onWatch: true }))
}

export function toggleHelp(): void {
  isHelpOpen.value = !isHelpOpen.value
}

/** What the space bar means something to: not a slider, and not what is chosen already. */
const spaced = 'button, a, summary, input:not([type=range], [type=radio]:checked)'

export function runKeys(): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isHelpOpen.value) return
    const { target } = event
    // Fields keep their keys, sliders their end, and a focused control its own meaning of the space bar.
    if (target instanceof Element && target.closest('input:not([type=radio], [type=range]), select, textarea')) return
    if (event.key === 'End' && target instanceof Element && target.closest('input')) return
    if (event.key === ' ' && target instanceof Element && target.closest(spaced)) return
    const key = keys.find(one => one.keys.includes(event.key))
    if (event.repeat && !key?.repeats) return
    if (key?.onWatch && place.value !== 'watch') return
    if (key && key.run() !== false) event.preventDefault()
  })
}

function toTab(tab: Tab): void {
  go('watch')
  showTab(tab)
}

function writeDate(): void {
  go('watch')
  requestAnimationFrame(() => document.getElementById('go-to')?.focus())
}

/** First to the newest bar in sight, then to the newest there is. */
function toNow(): unknown {
  if (state.value.view.range === null) return toNewest()
  return dispatch({ kind: 'now' })
}

function rehearse(): void {
  toTab('rehearsal')
  // Drawn by then: the arrow keys move the slider at once.
  requestAnimationFrame(() => document.getElementById('budget')?.focus())
}
