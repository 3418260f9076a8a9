import { useState } from 'preact/hooks'
import { checkFile, type FileStream } from './import-flow.ts'

const fields = [
  { name: 'market', label: 'Market', example: 'bitstamp:BTC-USD' },
  { name: 'interval', label: 'Interval', example: '1h' },
] as const

/** The market and interval of a file, which the reader can correct. A change has to be checked again. */
export function StreamFields(props: {
  readonly file: File
  readonly market: string
  readonly interval: string
  /** Called with whether the fields still say what was checked. */
  onEdit?(isChecked: boolean): void
}) {
  const { file, market, interval, onEdit } = props
  const [entered, setEntered] = useState({ market, interval })
  const isChecked = entered.market === market && entered.interval === interval
  const edit = (change: FileStream) => {
    const edited = { ...entered, ...change }
    setEntered(edited)
    onEdit?.(edited.market === market && edited.interval === interval)
  }
  return (
    <form
      class="row"
      onSubmit={event => {
        event.preventDefault()
        void checkFile(file, filled(entered))
      }}
    >
      {fields.map(({ name, label, example }) => (
        <label key={name} class="labelled">
          {label}
          <input
            class={`field is-${name}`}
            name={name}
            data-testid={`file-${name}`}
            placeholder={example}
            value={entered[name]}
            spellcheck={false}
            autocomplete="off"
            onInput={event => edit({ [name]: event.currentTarget.value.trim() })}
          />
        </label>
      ))}
      <button type="submit" class="small" disabled={isChecked} data-testid="check-again">
        Check again
      </button>
    </form>
  )
}

/** The fields that are not empty. */
function filled({ market, interval }: Required<FileStream>): FileStream {
  return { ...(market && { market }), ...(interval && { interval }) }
}
