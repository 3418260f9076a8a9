import type { LineFaults } from '../api/ask.ts'
import type { Said } from '../api/data.ts'
import { FaultTable } from './fault-table.tsx'
import { check, next, waiting } from './flow.ts'
import { SaidFields } from './said-fields.tsx'
import { counted } from './words.ts'

interface Props {
  readonly file: File
  readonly said: Said
  readonly code: string | null
  readonly detail: string
  readonly faults: LineFaults | null
  readonly isRead: boolean
}

/** Why nothing of the file was taken, and what can be done about it. */
export function RefusedFile({ file, said, code, detail, faults, isRead }: Props) {
  return (
    <div class="import-step" data-testid="refused">
      <p class="room-alert" role="alert">
        {code === 'ERR_CSV_ROW' && faults
          ? `Nothing of ${file.name} was imported: ${counted(faults.count, 'fault')} in its lines. Correct or delete them, then read it again.`
          : detail}
      </p>
      {faults && <FaultTable faults={faults} />}
      {isRead && (
        <>
          {code !== 'ERR_CSV_ROW' && <p class="quiet">Is it of another market than it says? Say which.</p>}
          <SaidFields file={file} market={said.market ?? ''} interval={said.interval ?? ''} />
        </>
      )}
      <div class="row">
        <button type="button" class="small" onClick={() => void check(file, said)}>
          Read it again
        </button>
        <button type="button" class="small" onClick={next}>
          {waiting.value.length > 0 ? 'On to the next file' : 'Another file'}
        </button>
      </div>
    </div>
  )
}
