import { rooms } from '@candlewatch/api/values/rooms'
import { signal } from '@preact/signals'
import { overlayNames, switchOverlay, switchStyle } from '../chart/looks.ts'
import { openAdjacent } from '../episodes/log.ts'
import { keysOf } from '../format/keys-of.ts'
import { switchZone } from '../format/zone.ts'
import { changeSpeed, step, togglePlay, toNewest, toNextAnomaly } from '../replay/steer.ts'
import { currentRoom, go, roomNames, type SideTab, showTab } from '../state/navigation.ts'
import { dispatch, state } from '../state/store.ts'
import { switchTheme } from '../state/theme.ts'
import { type Span, spans } from '../state/view.ts'

/** True while the list of keys is open. */
export const isHelpOpen = signal(false)

interface Key {
  /** As KeyboardEvent.key names them; the list of keys shows the first. */
  readonly keys: readonly [string, ...string[]]
  readonly shown?: string
  readonly does: string
  /** The key works in the watch room only. */
  readonly onWatch?: true
  /** Holding the key down repeats it. */
  readonly repeats?: true
  /** Returns false when there was nothing to do; the browser then handles the key. */
  run(): unknown
}

const spanNames: Readonly<Record<Span, string>> = {
  '1d': 'one day',
  '1w': 'one week',
  '1m': 'one month',
  all: 'all bars',
}

/** Every key of the page. A room's key comes from `@candlewatch/api/values/rooms`. */
export const keys: readonly Key[] = [
  { keys: [' '], shown: 'Space', does: 'Play or pause the replay', run: togglePlay },
  { keys: ['.'], does: 'One bar forward', repeats: true, run: () => step(1) },
  { keys: [','], does: 'One bar back', repeats: true, run: () => step(-1) },
  { keys: ['n'], does: 'Go to the next anomaly or feed fault', run: toNextAnomaly },
  { keys: ['>'], does: 'Replay faster', run: () => changeSpeed(1) },
  { keys: ['<'], does: 'Replay slower', run: () => changeSpeed(-1) },
  { keys: ['g'], does: 'Go to a date', run: focusDate },
  ...onWatch([
    { keys: ['End'], does: 'Back to the newest bar', run: toNow },
    ...keysOf(spans).map((span, index) => ({
      keys: [String(index + 1)] as const,
      does: `Show ${spanNames[span]}`,
      run: () => dispatch({ kind: 'span', span }),
    })),
    { keys: ['['], does: 'Earlier', run: () => dispatch({ kind: 'panned', direction: -1 }) },
    { keys: [']'], does: 'Later', run: () => dispatch({ kind: 'panned', direction: 1 }) },
    { keys: ['=', '+'], does: 'Zoom in', run: () => dispatch({ kind: 'zoomed', times: 0.5 }) },
    { keys: ['-'], does: 'Zoom out', run: () => dispatch({ kind: 'zoomed', times: 2 }) },
    { keys: ['c'], does: 'Switch between automatic, candles and line', run: switchStyle },
    ...keysOf(overlayNames).map(name => ({
      keys: [overlayNames[name].key] as const,
      does: overlayNames[name].label,
      run: () => switchOverlay(name),
    })),
    { keys: ['j'], does: 'Open the next older episode', run: () => openAdjacent(1) },
    { keys: ['k'], does: 'Open the next newer episode', run: () => openAdjacent(-1) },
    { keys: ['Escape'], shown: 'Esc', does: 'Close the open bar', run: () => dispatch({ kind: 'picked', at: null }) },
  ]),
  { keys: ['e'], does: 'List all episodes', run: () => openTab('episodes') },
  { keys: ['r'], does: 'Try another budget', run: tryBudget },
  ...roomNames.map(
    (name): Key => ({ keys: [rooms[name].key], does: `Go to ${rooms[name].title}`, run: () => go(name) }),
  ),
  { keys: ['u'], does: 'Switch between UTC and local time', run: switchZone },
  { keys: ['t'], does: 'Switch between light and dark', run: switchTheme },
  { keys: ['?'], does: 'Show these keys', run: toggleHelp },
]

function onWatch(keys: readonly Key[]): readonly Key[] {
  return keys.map(key => ({ ...key, onWatch: true }))
}

/** Opens or closes the list of keys. */
export function toggleHelp(): void {
  isHelpOpen.value = !isHelpOpen.value
}

/** Controls that use the space bar themselves: not a slider, and not an option that is chosen already. */
const usesSpace = 'button, a, summary, input:not([type=range], [type=radio]:checked)'

/** Listens for the page's keys as long as the page lasts. */
export function runKeys(): void {
  document.addEventListener('keydown', handleKey)
}

/** Runs the key that was pressed, unless the focused control needs it. */
export function handleKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isHelpOpen.value) return
  const { target } = event
  if (target instanceof Element) {
    if (target.closest('input:not([type=radio], [type=range]), select, textarea')) return
    if (event.key === 'End' && target.closest('input')) return
    if (event.key === ' ' && target.closest(usesSpace)) return
  }
  const key = keys.find(one => one.keys.includes(event.key))
  if (!key || (event.repeat && !key.repeats)) return
  if (key.onWatch && currentRoom.value !== 'watch') return
  if (key.run() !== false) event.preventDefault()
}

function openTab(tab: SideTab): void {
  go('watch')
  showTab(tab)
}

function focusDate(): void {
  go('watch')
  focusSoon('go-to')
}

/** Returns to the newest bar that is shown; pressed again, to the newest that exists. */
function toNow(): unknown {
  if (state.value.view.range === null) return toNewest()
  return dispatch({ kind: 'now' })
}

function tryBudget(): void {
  openTab('rehearsal')
  // The slider is drawn by the next frame; the arrow keys then move it at once.
  focusSoon('budget')
}

// Two seconds.
const mostFrames = 120

/** Moves the focus to an element once it is there: a panel may still be loading. */
function focusSoon(id: string, framesLeft = mostFrames): void {
  requestAnimationFrame(() => {
    const found = document.getElementById(id)
    if (found) found.focus()
    else if (framesLeft > 0) focusSoon(id, framesLeft - 1)
  })
}
