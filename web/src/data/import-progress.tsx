import type { Import } from '@candlewatch/api/imports'
import { useRef, useState } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { ChartLink } from '../layout/links.tsx'
import { stopImport } from './import-flow.ts'
import { importOutcome, timeLeft } from './import-texts.ts'

/** An import under way. */
export function RunningImport({ job }: { readonly job: Import }) {
  const [isStopping, setStopping] = useState(false)
  const now = { atMs: performance.now(), done: job.done }
  const first = useRef(now)
  const left = timeLeft(first.current, now, job.rows)
  return (
    <div class="import-step" data-testid="running">
      <p>
        Importing <strong>{job.name}</strong> into {job.market} · {job.interval}
      </p>
      <progress value={job.done} max={job.rows} aria-label={`Stored rows of ${job.name}`} />
      <p class="quiet">
        {importOutcome(job)}
        {left && `, ${left}`}
      </p>
      <button
        type="button"
        class="small"
        disabled={isStopping}
        onClick={() => {
          setStopping(true)
          void stopImport(job)
        }}
      >
        {isStopping ? 'Stopping after the current rows' : 'Stop import'}
      </button>
    </div>
  )
}

/** An import that has ended. */
export function EndedImport({ job }: { readonly job: Import }) {
  const hasFailed = job.state === 'failed'
  return (
    <div class="import-step" data-testid="ended" data-state={job.state} data-judged={job.judged}>
      <p class={hasFailed ? 'room-alert' : ''} role={hasFailed ? 'alert' : 'status'}>
        <strong>{job.name}.</strong> {importOutcome(job)}
      </p>
      {job.judged > 0 && (
        <ChartLink stream={job} at={null} class="primary is-link">
          Show {counted(job.judged, 'bar')} in the chart
        </ChartLink>
      )}
    </div>
  )
}
