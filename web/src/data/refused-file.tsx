import { counted } from '../format/count.ts'
import { FaultTable } from './fault-table.tsx'
import { checkFile, type FileStream, nextFile, type Refusal, waiting } from './import-flow.ts'
import { StreamFields } from './stream-fields.tsx'

interface Props {
  readonly file: File
  readonly stream: FileStream
  readonly refusal: Refusal
  readonly isRead: boolean
}

/** Why a file was refused, and what can be done about it. */
export function RefusedFile({ file, stream, refusal, isRead }: Props) {
  const { code, detail, faults } = refusal
  const hasFaultyRows = code === 'ERR_CSV_ROW' && faults !== null
  return (
    <div
      class="import-step"
      data-testid="refused"
      data-file={file.name}
      data-code={code ?? ''}
      data-faults={faults?.count ?? 0}
    >
      <p class="room-alert" role="alert">
        {hasFaultyRows
          ? `${file.name} was not imported: its lines have ${counted(faults.count, 'error')}. Correct or delete these lines, then read the file again.`
          : detail}
      </p>
      {faults && <FaultTable faults={faults} />}
      {isRead && (
        <>
          {!hasFaultyRows && <p class="quiet">Wrong market or interval? Enter the correct one.</p>}
          <StreamFields file={file} market={stream.market ?? ''} interval={stream.interval ?? ''} />
        </>
      )}
      <div class="row">
        <button type="button" class="small" onClick={() => void checkFile(file, stream)}>
          Read the file again
        </button>
        <button type="button" class="small" onClick={nextFile} data-testid="leave-file">
          {waiting.value.length > 0 ? 'Next file' : 'Choose another file'}
        </button>
      </div>
    </div>
  )
}
