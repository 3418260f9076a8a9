import type { Ms } from '@candlewatch/api/units'
import { formatInterval } from '@candlewatch/core/interval'
import type { ComponentChildren } from 'preact'
import { Mark } from '../marks/mark.tsx'
import { type MarkKind, markNames } from '../marks/marks.ts'
import { part } from '../state/store.ts'
import { averageBars } from './averages.ts'
import { notes } from './drawing.ts'
import { looks, type Overlay } from './looks.ts'
import './legend.css'

const intervalMs = part(state => state.intervalMs)
const isRehearsing = part(state => state.rehearsal !== null)
const kinds: readonly MarkKind[] = ['low', 'medium', 'high', 'critical', 'fault']

/** Explains the marks, bands and lines of the chart. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <i class="swatch is-high" /> High, 90 % forecast
      </li>
      <li>
        <i class="swatch is-low" /> Low, 90 % forecast
      </li>
      <li>
        <i class="swatch is-next" /> Next bar
      </li>
      <Overlays />
      <li class="severities">
        <span>Anomaly:</span>
        {kinds.slice(0, 4).map(kind => (
          <span key={kind}>
            <Mark kind={kind} /> {markNames[kind].toLowerCase()}
          </span>
        ))}
      </li>
      <li>
        <Mark kind="fault" /> Feed fault
      </li>
      {isRehearsing.value && <li class="ghost-text">○ new episode × episode removed</li>}
    </ul>
  )
}

/** The overlays that are switched on. */
function Overlays() {
  const { overlays } = looks.value
  const { leftOut, candleMs } = notes.value
  const of = candleMs > intervalMs.value ? ` candles of ${formatInterval(candleMs as Ms)}` : ''
  const unseen = (name: Overlay) => (leftOut.includes(name) ? ' (zoom in to see)' : '')
  return (
    <>
      {overlays.forecast && <Stroke name="forecast">Expected{unseen('forecast')}</Stroke>}
      {overlays.levels && <Stroke name="levels">Alarm levels{unseen('levels')}</Stroke>}
      {overlays.baseline && <Stroke name="baseline">Naive{unseen('baseline')}</Stroke>}
      {overlays.averages && (
        <>
          <Stroke name="fast">
            Average of {averageBars.fast}
            {of}
          </Stroke>
          <Stroke name="slow">of {averageBars.slow}</Stroke>
        </>
      )}
      {overlays.bollinger && <Stroke name="bollinger">Bollinger{of && `,${of}`}</Stroke>}
    </>
  )
}

function Stroke({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <li data-overlay={name}>
      <i class={`stroke is-${name}`} /> {children}
    </li>
  )
}
