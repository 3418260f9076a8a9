import type { LineFaults } from '../api/ask.ts'
import type { StatedStream } from '../api/data.ts'
import { counted } from '../format/count.ts'
import { FaultTable } from './fault-table.tsx'
import { check, next, waiting } from './import-flow.ts'
import { StreamFields } from './stream-fields.tsx'

interface Props {
  readonly file: File
  readonly said: StatedStream
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
          <StreamFields file={file} market={said.market ?? ''} interval={said.interval ?? ''} />
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
