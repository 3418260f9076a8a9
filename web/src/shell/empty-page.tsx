import { RoomLink } from '../layout/links.tsx'
import { part } from '../state/store.ts'
import { session } from '../sync/session.ts'
import './empty-page.css'

const failure = part(state => state.failure)

/** Shown until the first bars are loaded. */
export function Loading() {
  return (
    <section class="blank" aria-busy="true">
      <Drawing class="is-loading" />
      <h2>Loading the newest bars</h2>
    </section>
  )
}

/** Shown while the server cannot be reached. */
export function Failed() {
  return (
    <section class="blank" data-testid="failed">
      <Drawing />
      <h2>The server can’t be reached</h2>
      <p>{failure}</p>
      <p>
        Start it with <code>npm start</code> or <code>npm run simulate</code>. This page tries again every two seconds.
      </p>
    </section>
  )
}

/** Shown while the server has no bars. */
export function Empty() {
  const key = session.value?.keyRequired ? "  -H 'authorization: Bearer cw_…' \\\n" : ''
  const row =
    '{ "date": "2021-01-01T00:00:00Z", "open": 28923,\n       "high": 29031, "low": 28690, "close": 28995, "volume": 110.5 }'
  return (
    <section class="blank" data-testid="empty">
      <Drawing />
      <h2>No bars yet</h2>
      <p>Replay a year of hourly bars against this server:</p>
      <pre>
        <code>npm run simulate</code>
      </pre>
      <p>
        or <RoomLink to="data">import a CSV file</RoomLink>, or post a row of your own:
      </p>
      <pre>
        <code>
          {`curl ${location.origin}/predict_anomaly \\\n${key}  -H 'content-type: application/json' \\\n  -d '${row}'`}
        </code>
      </pre>
      <p class="quiet">This page shows the first bar as soon as it arrives.</p>
    </section>
  )
}

/** Three candles, the last one a forecast. */
function Drawing(props: { readonly class?: string }) {
  return (
    <svg class={`drawing ${props.class ?? ''}`} viewBox="0 0 96 64" aria-hidden="true">
      <path d="M20 14v40M46 6v42" stroke="currentColor" stroke-width="2" />
      <rect x="12" y="24" width="16" height="22" rx="2" fill="currentColor" />
      <rect x="38" y="14" width="16" height="20" rx="2" fill="currentColor" />
      <path d="M72 10v38" class="forecast" stroke-width="2" stroke-dasharray="3 3" />
      <rect x="64" y="18" width="16" height="18" rx="2" class="forecast" stroke-width="2" stroke-dasharray="3 3" />
    </svg>
  )
}
