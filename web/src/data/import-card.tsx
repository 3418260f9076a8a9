import { useEffect, useRef } from 'preact/hooks'
import { counted, formatBytes } from '../format/count.ts'
import { Card } from '../layout/room.tsx'
import { mayImport, session } from '../sync/session.ts'
import { CheckedFile } from './checked-file.tsx'
import { DropZone } from './drop-zone.tsx'
import { cancelFile, type Flow, flow, waiting } from './import-flow.ts'
import { EndedImport, RunningImport } from './import-progress.tsx'
import { PastImports } from './past-imports.tsx'
import { RefusedFile } from './refused-file.tsx'

/** Imports a file, step by step. */
export function ImportCard() {
  const step = flow.value.step
  const steps = useRef<HTMLDivElement>(null)
  // A file may be dropped anywhere down the page.
  useEffect(() => {
    if (step === 'checking') steps.current?.scrollIntoView({ block: 'nearest' })
  }, [step])
  if (!mayImport.value) {
    return (
      <Card title="Import" wide data-testid="import">
        <p>
          You are signed in as {session.value?.name}, with a read-only key. Importing rows needs a key with the scope
          ingest.
        </p>
      </Card>
    )
  }
  return (
    <Card
      title="Import"
      summary="Import past rows from a CSV file. The whole file is checked first; then its rows are judged like live rows."
      wide
      data-testid="import"
      data-step={step}
    >
      <div class="import" ref={steps}>
        <div class="import-now">
          <CurrentStep flow={flow.value} />
          <Waiting />
        </div>
        <PastImports />
      </div>
    </Card>
  )
}

function CurrentStep({ flow }: { readonly flow: Flow }) {
  switch (flow.step) {
    case 'idle':
      return <DropZone />
    case 'checking':
      return <Transfer action="Checking" file={flow.file} />
    case 'sending':
      return <Transfer action="Sending" file={flow.file} />
    case 'checked':
      return <CheckedFile key={flow.file.name} {...flow} />
    case 'refused':
      return <RefusedFile key={flow.file.name} {...flow} />
    case 'running':
      return <RunningImport key={flow.job.id} job={flow.job} />
    case 'ended':
      return (
        <>
          <EndedImport job={flow.job} />
          <DropZone />
        </>
      )
  }
}

function Transfer({ action, file }: { readonly action: string; readonly file: File }) {
  return (
    <div class="import-step" role="status">
      <p>
        {action} {file.name} ({formatBytes(file.size)})
      </p>
      <progress aria-label={`${action} ${file.name}`} />
      <button type="button" class="small" onClick={cancelFile}>
        Cancel
      </button>
    </div>
  )
}

function Waiting() {
  const { length } = waiting.value
  if (length === 0) return null
  return (
    <p class="quiet row" data-testid="waiting-files">
      {counted(length, 'more file')} {length === 1 ? 'is' : 'are'} waiting.
      <button
        type="button"
        class="small"
        onClick={() => {
          waiting.value = []
        }}
      >
        Remove {length === 1 ? 'it' : 'them'}
      </button>
    </p>
  )
}
