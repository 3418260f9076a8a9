import { useEffect, useMemo, useRef } from 'preact/hooks'
import { dispatch, part } from '../state/store.ts'
import { ChartToolbar } from './chart-toolbar.tsx'
import { chartPhase, labels, runDrawing } from './drawing.ts'
import { makeGestures } from './gestures.ts'
import { InspectCard } from './inspect-card.tsx'
import { Legend } from './legend.tsx'
import './chart-panel.css'

const bars = part(({ series }) => series.candles.length)
const isStale = part(({ connection }) => connection === 'lost')

/** The price chart with its controls and legend. */
export function ChartPanel() {
  const host = useRef<HTMLDivElement>(null)
  const gestures = useMemo(makeGestures, [])
  useEffect(() => (host.current ? runDrawing(host.current) : undefined), [])
  return (
    <section class={`card chart-card ${isStale.value ? 'is-stale' : ''}`} aria-label="Price chart">
      <ChartToolbar />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this groups a chart and its card */}
      <div
        class="chart"
        data-testid="chart"
        data-bars={bars}
        data-phase={chartPhase}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move from bar to bar
        tabIndex={0}
        aria-label="Candles, forecast and anomalies. The left and right arrow keys move from bar to bar; Enter opens a bar."
        {...gestures}
        onPointerCancel={gestures.onPointerUp}
        onBlur={() => dispatch({ kind: 'inspected', at: null })}
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
            The chart could not be loaded; the list of episodes still works. Reload the page to try again.
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
