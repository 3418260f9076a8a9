import { keysOf } from '../format/keys-of.ts'
import { zoneName } from '../format/zone.ts'
import { dispatch, part } from '../state/store.ts'
import { type Span, spans } from '../state/view.ts'
import { looks, setStyle, styleNames } from './looks.ts'
import { OverlayMenu } from './overlay-menu.tsx'
import './chart-toolbar.css'

const span = part(({ view }) => view.span)
const following = part(({ view }) => view.range === null)
const zoomed = part(({ view }) => Boolean(view.range ?? view.widthMs))
const spanNames: Readonly<Record<Span, string>> = {
  '1d': 'One day',
  '1w': 'One week',
  '1m': 'One month',
  all: 'All bars',
}

/** The controls of the chart: time shown, zoom, style and overlays. */
export function ChartToolbar() {
  return (
    <div class="toolbar">
      <fieldset class="segments">
        <legend class="unseen">Time shown</legend>
        {keysOf(spans).map(name => (
          <label key={name} title={spanNames[name]}>
            <input
              type="radio"
              name="span"
              value={name}
              checked={!zoomed.value && span.value === name}
              // A click on the chosen span returns from a pan or a zoom.
              onClick={() => dispatch({ kind: 'span', span: name })}
              onChange={() => dispatch({ kind: 'span', span: name })}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="steps">
        <Icon label="Earlier" shortcut="[" path="M10 3L5 8l5 5" press={() => move(-1)} />
        <Icon label="Later" shortcut="]" path="M6 3l5 5-5 5" press={() => move(1)} disabled={following.value} />
        <Icon label="Zoom out" shortcut="-" path="M3 8h10" press={() => zoom(2)} />
        <Icon label="Zoom in" shortcut="=" path="M3 8h10M8 3v10" press={() => zoom(0.5)} />
      </div>
      {following.value ? (
        <span class="quiet following">Following the newest bar · {zoneName()}</span>
      ) : (
        <button
          type="button"
          class="primary"
          title="Back to the newest bar (End)"
          data-testid="back-to-now"
          onClick={() => dispatch({ kind: 'now' })}
        >
          Back to the newest bar
        </button>
      )}
      <fieldset class="segments looks">
        <legend class="unseen">Prices drawn as</legend>
        {keysOf(styleNames).map(style => (
          <label key={style} title={styleNames[style]}>
            <input
              type="radio"
              name="style"
              data-testid={`style-${style}`}
              value={style}
              checked={looks.value.style === style}
              onChange={() => setStyle(style)}
            />
            <span>{style}</span>
          </label>
        ))}
      </fieldset>
      <OverlayMenu />
    </div>
  )
}

function Icon(props: {
  readonly label: string
  readonly shortcut: string
  readonly path: string
  readonly disabled?: boolean
  press(): void
}) {
  const { label, shortcut, path, disabled, press } = props
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      title={`${label} (${shortcut})`}
      data-testid={label.toLowerCase().replace(' ', '-')}
      disabled={disabled}
      onClick={press}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} fill="none" stroke="currentColor" stroke-width="1.8" />
      </svg>
    </button>
  )
}

function zoom(times: number): void {
  dispatch({ kind: 'zoomed', times })
}

function move(direction: 1 | -1): void {
  dispatch({ kind: 'panned', direction })
}
