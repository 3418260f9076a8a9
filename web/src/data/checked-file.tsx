import type { FileCheck } from '@candlewatch/api/imports'
import { useState } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { Time } from '../layout/room.tsx'
import { type FileStream, nextFile, startImport } from './import-flow.ts'
import { checkSentences } from './import-texts.ts'
import { StreamFields } from './stream-fields.tsx'

/** Shows what a file contains, before anything of it is stored. */
export function CheckedFile(props: { readonly file: File; readonly stream: FileStream; readonly check: FileCheck }) {
  const { file, stream, check } = props
  const [isChecked, setChecked] = useState(true)
  const newRows = check.fresh + check.fills + check.late
  return (
    <div
      class="import-step"
      data-testid="checked"
      data-new-rows={newRows}
      data-missing={check.missing}
      data-gaps={check.gapCount}
    >
      <p>
        <strong>{file.name}</strong> has {counted(check.rows, 'row')}, <Time at={check.first} /> to{' '}
        <Time at={check.last} zone />, and no errors.
      </p>
      <StreamFields file={file} market={check.market} interval={check.interval} onEdit={setChecked} />
      <ul class="sentences">
        {checkSentences(check).map(sentence => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {newRows === 0 && <p>There is nothing new to import.</p>}
      <div class="row">
        {newRows > 0 && (
          <button
            type="button"
            class="primary"
            disabled={!isChecked}
            onClick={() => void startImport(file, stream)}
            data-testid="start-import"
          >
            Import {counted(check.rows, 'row')}
          </button>
        )}
        <button type="button" class="small" onClick={nextFile}>
          {newRows > 0 ? 'Cancel' : 'Close'}
        </button>
      </div>
    </div>
  )
}
