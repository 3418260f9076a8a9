import { useState } from 'preact/hooks'

interface Props {
  readonly market: string
  readonly interval: string
  readonly first: string
  readonly last: string
}

/** Any range as a file, which an import reads again. */
export function Download({ market, interval, first, last }: Props) {
  const [days, setDays] = useState({ from: '', to: '' })
  const [verdicts, setVerdicts] = useState(false)
  const href = downloadOf({ market, interval, ...days, verdicts })
  const bounds = { min: first.slice(0, 10), max: last.slice(0, 10) }
  return (
    <fieldset class="download">
      <legend>Download</legend>
      <div class="row">
        <label class="labelled">
          First day
          <input
            class="field"
            type="date"
            {...bounds}
            value={days.from}
            onInput={event => setDays({ ...days, from: event.currentTarget.value })}
          />
        </label>
        <label class="labelled">
          Last day
          <input
            class="field"
            type="date"
            {...bounds}
            value={days.to}
            aria-invalid={href === null}
            onInput={event => setDays({ ...days, to: event.currentTarget.value })}
          />
        </label>
        <label class="labelled">
          Columns
          <select class="select" onChange={event => setVerdicts(event.currentTarget.value === 'verdicts')}>
            <option value="bars">Bars</option>
            <option value="verdicts">Bars and verdicts</option>
          </select>
        </label>
        {href === null ? (
          <span class="room-alert" role="alert">
            The last day comes before the first.
          </span>
        ) : (
          <a class="primary is-link" href={href} download data-testid="download">
            Download CSV
          </a>
        )}
      </div>
      <p class="quiet">
        Days are UTC; left empty, all there is. An import and <code>--csv</code> read the file again.
      </p>
    </fieldset>
  )
}

export interface Wanted {
  readonly market: string
  readonly interval: string
  /** Days, UTC, as a date field has them; empty = no bound. Both are included. */
  readonly from: string
  readonly to: string
  readonly verdicts: boolean
}

/** Where that file is; null when the last day comes before the first. */
export function downloadOf({ market, interval, from, to, verdicts }: Wanted): string | null {
  if (from !== '' && to !== '' && to < from) return null
  const query = new URLSearchParams({ market, interval })
  if (from !== '') query.set('from', from)
  if (to !== '') query.set('to', dayAfter(to))
  if (verdicts) query.set('verdicts', 'true')
  return `/api/bars.csv?${query}`
}

const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
