import type { Ms } from '@candlewatch/api/units'
import type { Range } from '../format/when.ts'
import { mostBars } from '../state/coarse.ts'
import { firstFrom } from '../state/series.ts'
import { dispatch, state } from '../state/store.ts'
import { visibleRange } from '../state/view.ts'
import { chartSize } from './drawing.ts'
import { adjacentBar, barNear, readableOf, readingOf } from './inspect.ts'
import { margin } from './panes.ts'

/** The handlers of the chart's pointer and keyboard events. */
export interface Gestures {
  onPointerMove(event: PointerEvent): void
  onPointerDown(event: PointerEvent): void
  onPointerUp(event: PointerEvent): void
  onPointerLeave(event: PointerEvent): void
  onClick(event: MouseEvent): void
  onKeyDown(event: KeyboardEvent): void
}

/** An alarm within this distance of the pointer is preferred to a nearer bar. */
const reachPx = 6
/** A pointer that moved further than this between press and release is a drag. */
const dragPx = 4

/** Makes the handlers of one chart: hover inspects a bar, a click opens it, two fingers move and zoom, arrow keys step. */
export function makeGestures(): Gestures {
  /** The bar under the pointer when it was pressed, and the one inspected before. */
  let pressed = { x: 0, y: 0, isTouch: false, before: null as Ms | null, at: null as Ms | null }
  /** The position of each finger on the chart. */
  const fingers = new Map<number, number>()

  return {
    onPointerMove(event) {
      if (!pinch(event)) inspectUnder(event)
    },
    onPointerDown(event) {
      const { clientX: x, clientY: y, pointerType, pointerId } = event
      if (pointerType === 'touch') fingers.set(pointerId, x)
      const before = state.value.inspected
      inspectUnder(event)
      pressed = { x, y, isTouch: pointerType === 'touch', before, at: state.value.inspected }
    },
    onPointerUp: ({ pointerId }) => void fingers.delete(pointerId),
    onPointerLeave({ pointerType }) {
      if (pointerType === 'mouse') dispatch({ kind: 'inspected', at: null })
    },
    onClick({ clientX, clientY }) {
      // Plotly covers the page while a button is down, so the pointer has left the chart by now and inspects nothing.
      const { x, y, isTouch, before, at } = pressed
      const isDrag = Math.hypot(clientX - x, clientY - y) > dragPx
      // A finger cannot hover: its first tap inspects the bar, its second opens it.
      if (at === null || isDrag || (isTouch && before !== at)) return
      openAt(at)
    },
    onKeyDown: stepByKey,
  }

  /** Two fingers move and zoom the chart; one finger scrolls the page or inspects bars. */
  function pinch({ pointerId, clientX, currentTarget }: PointerEvent): boolean {
    if (!fingers.has(pointerId) || fingers.size !== 2 || !(currentTarget instanceof HTMLElement)) return false
    const edge = currentTarget.getBoundingClientRect().left + margin.left
    const before = positions(edge)
    fingers.set(pointerId, clientX)
    const { series, view, intervalMs } = state.value
    const range = pinched(visibleRange(series.candles, view, intervalMs), before, positions(edge), plotPx())
    dispatch({ kind: 'inspected', at: null })
    if (range) dispatch({ kind: 'moved', range })
    return true
  }

  function positions(edge: number): Fingers {
    const [first = 0, second = 0] = [...fingers.values()].map(x => x - edge)
    return [first, second]
  }
}

const plotPx = () => chartSize.value.width - margin.left - margin.right

function inspectUnder(event: PointerEvent): void {
  if (!(event.currentTarget instanceof HTMLElement)) return
  if (event.pointerType === 'mouse' && event.buttons !== 0) return
  const { series, view, intervalMs } = state.value
  const [from, to] = visibleRange(series.candles, view, intervalMs)
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left - margin.left
  const msPerPx = (to - from) / plotPx()
  dispatch({ kind: 'inspected', at: barNear(readableOf(state.value), from + x * msPerPx, reachPx * msPerPx) })
}

/** Opens the panel of a bar; a candle of many bars zooms in to those bars. */
function openAt(at: Ms): void {
  const { intervalMs } = state.value
  const reading = readingOf(state.value, at)
  if (reading?.kind !== 'candle') {
    dispatch({ kind: 'picked', at })
    return
  }
  const middle = at + reading.widthMs / 2
  const halfMs = Math.min(Math.max(reading.widthMs, 120 * intervalMs), (mostBars * intervalMs) / 2 - intervalMs)
  dispatch({ kind: 'moved', range: [middle - halfMs, middle + halfMs] })
}

function stepByKey(event: KeyboardEvent): void {
  const { series, inspected, view, intervalMs } = state.value
  if (event.key === 'Escape') dispatch({ kind: 'inspected', at: null })
  if (event.key === 'Enter' && inspected !== null) openAt(inspected)
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  event.preventDefault()
  const readable = readableOf(state.value)
  const [from, to] = visibleRange(series.candles, view, intervalMs)
  // Stepping starts at the right-hand edge unless a visible bar is inspected.
  const isVisible = inspected !== null && inspected >= from && inspected < to
  const lastVisible = readable.candles[firstFrom(readable.candles, to) - 1]?.at ?? null
  const at = isVisible ? adjacentBar(readable, inspected, event.key === 'ArrowRight' ? 1 : -1) : lastVisible
  dispatch({ kind: 'inspected', at })
}

/** The positions of two fingers, in pixels from the left-hand edge of the plot. */
export type Fingers = readonly [number, number]

/** Fingers nearer to each other than this do not zoom: a pixel more or less would be a leap. */
const leastPx = 24

/** The range in which each finger is still on the time that it was on; null where they are too near to each other. */
export function pinched([from, to]: Range, before: Fingers, after: Fingers, widthPx: number): Range | null {
  const apartPx = after[1] - after[0]
  const wasPx = before[1] - before[0]
  if (Math.abs(apartPx) < leastPx || apartPx * wasPx <= 0) return null
  const msPerPx = (to - from) / widthPx
  const nextMsPerPx = (wasPx * msPerPx) / apartPx
  const start = from + before[0] * msPerPx - after[0] * nextMsPerPx
  return [start, start + widthPx * nextMsPerPx]
}
