import type { Ms } from '@candlewatch/core/types'
import { useEffect, useRef } from 'preact/hooks'
import { mostBars } from '../state/coarse.ts'
import { firstFrom } from '../state/series.ts'
import { dispatch, part, state } from '../state/store.ts'
import { visibleRange } from '../state/view.ts'
import { ChartToolbar } from './chart-toolbar.tsx'
import { chartPhase, chartSize, labels, runDrawing } from './drawing.ts'
import { pinched } from './gestures.ts'
import { adjacentBar, barNear, readableOf, readingOf } from './inspect.ts'
import { InspectCard } from './inspect-card.tsx'
import { Legend } from './legend.tsx'
import { margin } from './panes.ts'
import './chart-panel.css'

/** Where the pointer went down, on which bar, and on which it had been before. */
let pressed = { x: 0, y: 0, isTouch: false, before: null as Ms | null, at: null as Ms | null }

/** Where each finger on the chart is. */
const fingers = new Map<number, number>()

const bars = part(({ series }) => series.candles.length)
const stale = part(({ connection }) => connection === 'lost')

export function ChartPanel() {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => runDrawing(host.current!), [])
  return (
    <section class={`card chart-card ${stale.value ? 'is-stale' : ''}`} aria-label="Price chart">
      <ChartToolbar />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this groups a chart and its card */}
      <div
        class="chart"
        data-testid="chart"
        data-bars={bars}
        data-phase={chartPhase}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the chart bar by bar
        tabIndex={0}
        aria-label="Candles, forecast and anomalies. The left and right arrow keys read bar by bar, Enter opens one."
        onPointerMove={event => pinch(event) || point(event)}
        onPointerDown={event => {
          const { clientX: x, clientY: y, pointerType } = event
          if (pointerType === 'touch') fingers.set(event.pointerId, x)
          const before = state.value.inspected
          point(event)
          pressed = { x, y, isTouch: pointerType === 'touch', before, at: state.value.inspected }
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onPointerLeave={event => event.pointerType === 'mouse' && dispatch({ kind: 'inspected', at: null })}
        onBlur={() => dispatch({ kind: 'inspected', at: null })}
        onKeyDown={step}
        onClick={open}
      >
        <div class="plot" ref={host} aria-hidden="true" />
        <div aria-hidden="true">
          {labels.value.map(({ kind, text, topPx }) => (
            <span key={text} class={`chart-label is-${kind}`} style={{ top: `${topPx}px` }}>
              {text}
            </span>
          ))}
        </div>
        {chartPhase.value === 'loading' && <p class="chart-note">Loading the chart</p>}
        {chartPhase.value === 'failed' && (
          <p class="chart-note">
            The chart could not be loaded; the log beside it still works. Reload the page to try again.
          </p>
        )}
        <InspectCard />
      </div>
      <Legend />
      <span class="unseen" data-testid="bars-count">
        {bars}
      </span>
    </section>
  )
}

/** Two fingers move and spread the time between them; one scrolls the page or reads bars. */
function pinch({ pointerId, clientX, currentTarget }: PointerEvent): boolean {
  if (!fingers.has(pointerId) || fingers.size !== 2 || !(currentTarget instanceof HTMLElement)) return false
  const edge = currentTarget.getBoundingClientRect().left + margin.left
  const before = [...fingers.values()].map(x => x - edge) as [number, number]
  fingers.set(pointerId, clientX)
  const after = [...fingers.values()].map(x => x - edge) as [number, number]
  const { series, view, intervalMs } = state.value
  const plotPx = chartSize.value.width - margin.left - margin.right
  const range = pinched(visibleRange(series.candles, view, intervalMs), before, after, plotPx)
  dispatch({ kind: 'inspected', at: null })
  if (range) dispatch({ kind: 'moved', range })
  return true
}

function letGo({ pointerId }: PointerEvent): void {
  fingers.delete(pointerId)
}

function point(event: PointerEvent): void {
  if (!(event.currentTarget instanceof HTMLElement)) return
  if (event.pointerType === 'mouse' && event.buttons !== 0) return
  const { series, view, intervalMs } = state.value
  const [from, to] = visibleRange(series.candles, view, intervalMs)
  const plotPx = chartSize.value.width - margin.left - margin.right
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left - margin.left
  const msPerPx = (to - from) / plotPx
  dispatch({ kind: 'inspected', at: barNear(readableOf(state.value), from + x * msPerPx, 6 * msPerPx) })
}

/** A click, and not the end of a drag: the bar's panel opens. */
function open(event: MouseEvent): void {
  // Plotly lays a cover over the page while a button is down: by now the pointer has left the chart, and inspects nothing.
  const { x, y, isTouch, before, at } = pressed
  const isDrag = Math.hypot(event.clientX - x, event.clientY - y) > 4
  // A finger has no hover: its first tap reads the bar, its second opens it.
  if (at === null || isDrag || (isTouch && before !== at)) return
  drillDown(at)
}

/** What was said of a bar; or, of a candle of many bars, those bars. */
function drillDown(at: Ms): void {
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

function step(event: KeyboardEvent): void {
  const { series, inspected, view, intervalMs } = state.value
  if (event.key === 'Escape') dispatch({ kind: 'inspected', at: null })
  if (event.key === 'Enter' && inspected !== null) drillDown(inspected)
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
  event.preventDefault()
  const readable = readableOf(state.value)
  const [from, to] = visibleRange(series.candles, view, intervalMs)
  // From the right-hand edge, where nothing in view is read yet.
  const isInSight = inspected !== null && inspected >= from && inspected < to
  const lastInSight = readable.candles[firstFrom(readable.candles, to) - 1]?.at ?? null
  const at = isInSight ? adjacentBar(readable, inspected, event.key === 'ArrowRight' ? 1 : -1) : lastInSight
  dispatch({ kind: 'inspected', at })
}
