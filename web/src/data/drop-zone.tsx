import { maxFileBytes } from '@candlewatch/api/values/limits'
import { useRef } from 'preact/hooks'
import { formatBytes } from '../format/count.ts'
import { isOver } from './drops.ts'
import { addFiles } from './import-flow.ts'

/** The place to drop files, with a button to choose them. */
export function DropZone() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <div class={`drop-zone ${isOver.value ? 'is-over' : ''}`} data-testid="drop-zone">
      <p class="drop-text">{isOver.value ? 'Release to check the file' : 'Drop a CSV file anywhere on this page'}</p>
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
          addFiles([...(event.currentTarget.files ?? [])])
          // Choosing the same file again is a change too.
          event.currentTarget.value = ''
        }}
      />
      <p class="quiet">
        Columns: date, open, high, low, close, volume; those of CryptoDataDownload; or Binance klines. Up to{' '}
        {formatBytes(maxFileBytes)}. Nothing is stored before you confirm.
      </p>
    </div>
  )
}
