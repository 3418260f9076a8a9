import { zoneWord } from '../format/zone.ts'
import { dispatch, part } from '../state/store.ts'
import { type Span, spans } from '../state/window.ts'
import './chart-toolbar.css'

const span = part(({ view }) => view.span)
const following = part(({ view }) => view.range === null)
const words: Readonly<Record<Span, string>> = { '1d': 'One day', '1w': 'One week', '1m': 'One month', all: 'All bars' }

export function ChartToolbar() {
  return (
    <div class="toolbar">
      <fieldset class="segments">
        <legend class="unseen">Time shown</legend>
        {(Object.keys(spans) as Span[]).map(name => (
          <label key={name} title={words[name]}>
            <input
              type="radio"
              name="span"
              value={name}
              checked={following.value && span.value === name}
              // A click on the span that is already chosen comes back from a pan.
              onClick={() => dispatch({ kind: 'span', span: name })}
              onChange={() => dispatch({ kind: 'span', span: name })}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <button type="button" class="icon" aria-label="Earlier" title="Earlier ([)" onClick={() => move(-1)}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M10 3L5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.8" />
        </svg>
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Later"
        title="Later (])"
        disabled={following.value}
        onClick={() => move(1)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M6 3l5 5-5 5" fill="none" stroke="currentColor" stroke-width="1.8" />
        </svg>
      </button>
      {following.value ? (
        <span class="quiet following">Following the newest bar · {zoneWord()}</span>
      ) : (
        <button
          type="button"
          class="primary"
          title="Back to now (End)"
          data-testid="back-to-now"
          onClick={() => dispatch({ kind: 'now' })}
        >
          Back to now
        </button>
      )}
    </div>
  )
}

function move(direction: 1 | -1): void {
  dispatch({ kind: 'panned', direction })
}
