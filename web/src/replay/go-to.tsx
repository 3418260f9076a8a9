import type { Replay } from '@candlewatch/api/replays'
import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { fieldOf, momentOf, zone, zoneName } from '../format/zone.ts'
import { dispatch, part } from '../state/store.ts'
import { goTo } from './steer.ts'
import { position } from './timeline.ts'

const intervalMs = part(state => state.intervalMs)
/** The text of the field while it is edited. */
const typed = signal<string | null>(null)

/** A field for a date to go to. */
export function GoTo({ replay: { from, to } }: { readonly replay: Replay }) {
  const input = useRef<HTMLInputElement>(null)
  const [first, last] = [Date.parse(from), Date.parse(to)]
  const go = (event: Event) => {
    event.preventDefault()
    const at = momentOf(typed.value ?? '', zone.value)
    if (at === null) dispatch({ kind: 'notice', notice: 'Enter a date and a time.' })
    else void goTo(Math.floor(at / intervalMs.value) * intervalMs.value)
    typed.value = null
    input.current?.blur()
  }
  return (
    <form class="go-to" noValidate onSubmit={go}>
      <label class="labelled">
        Go to ({zoneName()})
        <input
          ref={input}
          id="go-to"
          class="field"
          type="datetime-local"
          data-testid="go-to"
          title="Go to a date (g)"
          min={fieldOf(first, zone.value)}
          max={fieldOf(last, zone.value)}
          value={typed.value ?? fieldOf(position.value ?? first, zone.value)}
          onFocus={event => {
            typed.value = event.currentTarget.value
          }}
          onInput={event => {
            typed.value = event.currentTarget.value
          }}
          onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
          onBlur={({ currentTarget, relatedTarget }) => {
            const isWithin = relatedTarget instanceof Node && currentTarget.form?.contains(relatedTarget)
            if (!isWithin) typed.value = null
          }}
        />
      </label>
      {/* Pressing it does not move the focus: the field would lose its text. */}
      <button type="submit" class="small" data-testid="go" onMouseDown={event => event.preventDefault()}>
        Go
      </button>
    </form>
  )
}
