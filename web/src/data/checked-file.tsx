import { useState } from 'preact/hooks'
import type { FileCheck, Said } from '../api/data.ts'
import { Dated } from './dated.tsx'
import { next, start } from './flow.ts'
import { SaidFields } from './said-fields.tsx'
import { counted, sentencesOf } from './words.ts'

/** What is in the file, before anything of it is written. */
export function CheckedFile(props: { readonly file: File; readonly said: Said; readonly check: FileCheck }) {
  const { file, said, check } = props
  const [isChecked, setChecked] = useState(true)
  const wanted = check.fresh + check.late
  return (
    <div class="import-step" data-testid="checked">
      <p>
        <strong>{file.name}</strong> has {counted(check.rows, 'row')}, <Dated at={check.first} /> to{' '}
        <Dated at={check.last} zone />, and no fault.
      </p>
      <SaidFields file={file} market={check.market} interval={check.interval} onEdit={setChecked} />
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
