import { useRef, useState } from 'preact/hooks'
import type { Import } from '../api/data.ts'
import { counted } from '../format/count.ts'
import { ChartLink } from '../layout/links.tsx'
import { stop } from './import-flow.ts'
import { leftOf, outcomeOf } from './import-texts.ts'

export function RunningImport({ of }: { readonly of: Import }) {
  const [isEnding, setEnding] = useState(false)
  const now = { atMs: performance.now(), done: of.done }
  const first = useRef(now)
  const left = leftOf(first.current, now, of.rows)
  return (
    <div class="import-step" data-testid="running">
      <p>
        Importing <strong>{of.name}</strong> into {of.market} · {of.interval}
      </p>
      <progress value={of.done} max={of.rows} aria-label={`Rows of ${of.name} that are stored`} />
      <p class="quiet">
        {outcomeOf(of)}
        {left && `, ${left}`}
      </p>
      <button
        type="button"
        class="small"
        disabled={isEnding}
        onClick={() => {
          setEnding(true)
          void stop(of)
        }}
      >
        {isEnding ? 'Ends after the rows under way' : 'Stop'}
      </button>
    </div>
  )
}

export function EndedImport({ of }: { readonly of: Import }) {
  return (
    <div class="import-step" data-testid="ended" data-state={of.state}>
      <p class={of.state === 'failed' ? 'room-alert' : ''} role={of.state === 'failed' ? 'alert' : 'status'}>
        <strong>{of.name}.</strong> {outcomeOf(of)}
      </p>
      {of.judged > 0 && (
        <ChartLink stream={of} at={null} class="primary is-link">
          See {counted(of.judged, 'bar')} in the chart
        </ChartLink>
      )}
    </div>
  )
}
