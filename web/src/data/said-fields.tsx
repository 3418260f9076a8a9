import { useState } from 'preact/hooks'
import type { Said } from '../api/data.ts'
import { check } from './flow.ts'

const fields = [
  { name: 'market', word: 'Market', example: 'bitstamp:BTC-USD' },
  { name: 'interval', word: 'Interval', example: '1h' },
] as const

/** What the file is taken for, to be put right. Whoever changes it checks again. */
export function SaidFields(props: {
  readonly file: File
  readonly market: string
  readonly interval: string
  /** Told whether what stands in the fields was checked. */
  onEdit?(isChecked: boolean): void
}) {
  const { file, market, interval, onEdit } = props
  const [said, setSaid] = useState({ market, interval })
  const isChecked = said.market === market && said.interval === interval
  const edit = (change: Said) => {
    const edited = { ...said, ...change }
    setSaid(edited)
    onEdit?.(edited.market === market && edited.interval === interval)
  }
  return (
    <form
      class="row"
      onSubmit={event => {
        event.preventDefault()
        void check(file, saidOf(said))
      }}
    >
      {fields.map(({ name, word, example }) => (
        <label key={name} class="labelled">
          {word}
          <input
            class={`field is-${name}`}
            name={name}
            placeholder={example}
            value={said[name]}
            spellcheck={false}
            autocomplete="off"
            onInput={event => edit({ [name]: event.currentTarget.value.trim() })}
          />
        </label>
      ))}
      <button type="submit" class="small" disabled={isChecked}>
        Check again
      </button>
    </form>
  )
}

/** Empty fields say nothing. */
function saidOf({ market, interval }: Required<Said>): Said {
  return { ...(market && { market }), ...(interval && { interval }) }
}
