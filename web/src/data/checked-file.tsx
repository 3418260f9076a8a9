import { useState } from 'preact/hooks'
import type { FileCheck, StatedStream } from '../api/data.ts'
import { counted } from '../format/count.ts'
import { Time } from '../layout/room.tsx'
import { next, start } from './import-flow.ts'
import { sentencesOf } from './import-texts.ts'
import { StreamFields } from './stream-fields.tsx'

/** What is in the file, before anything of it is written. */
export function CheckedFile(props: { readonly file: File; readonly said: StatedStream; readonly check: FileCheck }) {
  const { file, said, check } = props
  const [isChecked, setChecked] = useState(true)
  const wanted = check.fresh + check.late
  return (
    <div class="import-step" data-testid="checked">
      <p>
        <strong>{file.name}</strong> has {counted(check.rows, 'row')}, <Time at={check.first} /> to{' '}
        <Time at={check.last} zone />, and no fault.
      </p>
      <StreamFields file={file} market={check.market} interval={check.interval} onEdit={setChecked} />
      <ul class="sentences">
        {sentencesOf(check).map(sentence => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {wanted === 0 && <p>There is nothing new to import.</p>}
      <div class="row">
        {wanted > 0 && (
          <button type="button" class="primary" disabled={!isChecked} onClick={() => void start(file, said)}>
            Import {counted(check.rows, 'row')}
          </button>
        )}
        <button type="button" class="small" onClick={next}>
          {wanted > 0 ? 'Cancel' : 'Close'}
        </button>
      </div>
    </div>
  )
}
