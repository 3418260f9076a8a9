import { useEffect, useRef } from 'preact/hooks'
import { counted, formatBytes } from '../format/count.ts'
import { Card } from '../layout/room.tsx'
import { mayImport, session } from '../sync/session.ts'
import { CheckedFile } from './checked-file.tsx'
import { DropZone } from './drop-zone.tsx'
import { cancel, type Flow, flow, waiting } from './import-flow.ts'
import { EndedImport, RunningImport } from './import-progress.tsx'
import { PastImports } from './past-imports.tsx'
import { RefusedFile } from './refused-file.tsx'

/** From a file to bars in the chart, step by step. */
export function ImportCard() {
  const step = flow.value.step
  const place = useRef<HTMLDivElement>(null)
  // A file may be dropped from anywhere down the page.
  useEffect(() => {
    if (step === 'checking') place.current?.scrollIntoView({ block: 'nearest' })
  }, [step])
  const word = 'Past rows from a CSV file: checked whole first, then judged as if they had come live.'
  if (!mayImport.value) {
    return (
      <Card title="Import" wide data-testid="import">
        <p>
          You are signed in by {session.value?.name}, a key that may look. Bringing rows takes a key of scope ingest.
        </p>
      </Card>
    )
  }
  return (
    <Card title="Import" summary={word} wide data-testid="import" data-step={step}>
      <div class="import" ref={place}>
        <div class="import-now">
          <Now flow={flow.value} />
          <Waiting />
        </div>
        <PastImports />
      </div>
    </Card>
  )
}

function Now({ flow }: { readonly flow: Flow }) {
  switch (flow.step) {
    case 'idle':
      return <DropZone />
    case 'checking':
      return <OnItsWay word="Reading" file={flow.file} />
    case 'sending':
      return <OnItsWay word="Sending" file={flow.file} />
    case 'checked':
      return <CheckedFile key={flow.file.name} {...flow} />
    case 'refused':
      return <RefusedFile key={flow.file.name} {...flow} />
    case 'running':
      return <RunningImport key={flow.of.id} of={flow.of} />
    case 'ended':
      return (
        <>
          <EndedImport of={flow.of} />
          <DropZone />
        </>
      )
  }
}

function OnItsWay({ word, file }: { readonly word: string; readonly file: File }) {
  return (
    <div class="import-step" role="status">
      <p>
        {word} {file.name} ({formatBytes(file.size)})
      </p>
      <progress aria-label={`${word} ${file.name}`} />
      <button type="button" class="small" onClick={cancel}>
        Cancel
      </button>
    </div>
  )
}

function Waiting() {
  const { length } = waiting.value
  if (length === 0) return null
  return (
    <p class="quiet row">
      {counted(length, 'file')} {length === 1 ? 'comes' : 'come'} after this one.
      <button
        type="button"
        class="small"
        onClick={() => {
          waiting.value = []
        }}
      >
        Leave {length === 1 ? 'it' : 'them'} out
      </button>
    </p>
  )
}
