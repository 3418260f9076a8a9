import { signal } from '@preact/signals'
import { openBeside } from './opened.ts'
import { togglePlay } from './panels/replay-bar.tsx'
import { showTab } from './side.ts'
import { dispatch } from './store.ts'
import { switchTheme } from './theme.ts'
import { type Span, spans } from './window.ts'
import { switchZone } from './zone.ts'

/** Whether the list of keys is open. */
export const isHelpOpen = signal(false)

interface Key {
  /** As KeyboardEvent.key has them; the first is shown. */
  readonly keys: readonly [string, ...string[]]
  readonly shown?: string
  readonly does: string
  /** False when there was nothing to do: the key then keeps its own meaning. */
  run(): unknown
}

export const keys: readonly Key[] = [
  { keys: [' '], shown: 'Space', does: 'Play or pause the replay', run: togglePlay },
  { keys: ['End', 'n'], shown: 'End or n', does: 'Back to now', run: () => dispatch({ kind: 'now' }) },
  ...(Object.keys(spans) as Span[]).map(
    (span, index): Key => ({
      keys: [String(index + 1)],
      does: `Show ${{ '1d': 'a day', '1w': 'a week', '1m': 'a month', all: 'all bars' }[span]}`,
      run: () => dispatch({ kind: 'span', span }),
    }),
  ),
  { keys: ['['], does: 'Earlier', run: () => dispatch({ kind: 'panned', direction: -1 }) },
  { keys: [']'], does: 'Later', run: () => dispatch({ kind: 'panned', direction: 1 }) },
  { keys: ['j'], does: 'Open the next older episode', run: () => openBeside(1) },
  { keys: ['k'], does: 'Open the next newer episode', run: () => openBeside(-1) },
  { keys: ['e'], does: 'All episodes', run: () => showTab('episodes') },
  { keys: ['r'], does: 'Rehearse a budget', run: rehearse },
  { keys: ['u'], does: 'Times in UTC or local', run: switchZone },
  { keys: ['t'], does: 'Light or dark', run: switchTheme },
  { keys: ['Escape'], shown: 'Esc', does: 'Close what is open', run: () => dispatch({ kind: 'picked', at: null }) },
  { keys: ['?'], does: 'These keys', run: toggleHelp },
]

export function toggleHelp(): void {
  isHelpOpen.value = !isHelpOpen.value
}

export function runKeys(): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isHelpOpen.value) return
    const { target } = event
    // Fields keep their keys, sliders their end, and a focused control its own meaning of the space bar.
    if (target instanceof Element && target.closest('input:not([type=radio], [type=range]), select, textarea')) return
    if (event.key === 'End' && target instanceof Element && target.closest('input')) return
    if (event.key === ' ' && target instanceof Element && target.closest('button, input, a, summary')) return
    const key = keys.find(one => one.keys.includes(event.key))
    if (key && key.run() !== false) event.preventDefault()
  })
}

function rehearse(): void {
  showTab('rehearsal')
  // Drawn by then: the arrow keys move the slider at once.
  requestAnimationFrame(() => document.getElementById('budget')?.focus())
}
