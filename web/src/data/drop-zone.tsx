import { useRef } from 'preact/hooks'
import { isOver } from './drops.ts'
import { bring } from './import-flow.ts'

/** Where files are dropped, or chosen by a button. */
export function DropZone() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <div class={`drop-zone ${isOver.value ? 'is-over' : ''}`} data-testid="drop-zone">
      <p class="drop-word">{isOver.value ? 'Let go to check the file' : 'Drop a CSV file anywhere on this page'}</p>
      <button type="button" class="primary" onClick={() => input.current?.click()}>
        Choose a file
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept=".csv,text/csv,.txt"
        multiple
        tabIndex={-1}
        aria-label="CSV files"
        onChange={event => {
          bring([...(event.currentTarget.files ?? [])])
          // The same file chosen again is a change too.
          event.currentTarget.value = ''
        }}
      />
      <p class="quiet">
        date, open, high, low, close, volume; CryptoDataDownload’s columns; or Binance klines. 64 MB at most. Nothing is
        written before you say so.
      </p>
    </div>
  )
}
