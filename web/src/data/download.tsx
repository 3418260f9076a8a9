import { dayMs } from '@candlewatch/core/time'
import { useState } from 'preact/hooks'
import { routeAddress } from '../api/ask.ts'

interface Props {
  readonly market: string
  readonly interval: string
  readonly first: string
  readonly last: string
}

/** A download of any range as a CSV file, which can be imported again. */
export function Download({ market, interval, first, last }: Props) {
  const [days, setDays] = useState({ from: '', to: '' })
  const [verdicts, setVerdicts] = useState(false)
  const href = downloadAddress({ market, interval, ...days, verdicts })
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
            data-testid="first-day"
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
            data-testid="last-day"
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
            The last day is before the first day.
          </span>
        ) : (
          <a class="primary is-link" href={href} download data-testid="download">
            Download CSV
          </a>
        )}
      </div>
      <p class="quiet">
        Days are in UTC; leave them empty for all data. The file can be imported again, or read with <code>--csv</code>.
      </p>
    </fieldset>
  )
}

/** The choice of what to download. */
interface Wanted {
  readonly market: string
  readonly interval: string
  /** The first and last day in UTC, as a date field has them; empty for no limit. */
  readonly from: string
  readonly to: string
  readonly verdicts: boolean
}

/** The address of a download; null when the last day is before the first. */
export function downloadAddress({ market, interval, from, to, verdicts }: Wanted): string | null {
  if (from !== '' && to !== '' && to < from) return null
  return routeAddress('GET /api/bars.csv', {
    query: {
      market,
      interval,
      ...(from !== '' && { from }),
      ...(to !== '' && { to: dayAfter(to) }),
      ...(verdicts && { verdicts: 'true' as const }),
    },
  })
}

const dayAfter = (day: string) => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10)
