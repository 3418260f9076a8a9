import { useState } from 'preact/hooks'
import type { StatedStream } from '../api/data.ts'
import { check } from './import-flow.ts'

const fields = [
  { name: 'market', word: 'Market', example: 'bitstamp:BTC-USD' },
  { name: 'interval', word: 'Interval', example: '1h' },
] as const

/** What the file is taken for, to be put right. Whoever changes it checks again. */
export function StreamFields(props: {
  readonly file: File
  readonly market: string
  readonly interval: string
  /** Told whether what stands in the fields was checked. */
  onEdit?(isChecked: boolean): void
}) {
  const { file, market, interval, onEdit } = props
  const [said, setSaid] = useState({ market, interval })
  const isChecked = said.market === market && said.interval === interval
  const edit = (change: StatedStream) => {
    const edited = { ...said, ...change }
    setSaid(edited)
    onEdit?.(edited.market === market && edited.interval === interval)
  }
  return (
    <form
      class="row"
      onSubmit={event => {
        event.preventDefault()
        void check(file, statedOf(said))
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
function statedOf({ market, interval }: Required<StatedStream>): StatedStream {
  return { ...(market && { market }), ...(interval && { interval }) }
}
