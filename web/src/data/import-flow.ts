import { signal } from '@preact/signals'
import { ApiError, type LineFaults, messageOf } from '../api/ask.ts'
import * as api from '../api/data.ts'
import { onEvent } from '../api/stream.ts'
import { refusalOf } from './import-texts.ts'

/** What becomes of the file at hand. */
export type Flow =
  | { readonly step: 'idle' }
  | { readonly step: 'checking'; readonly file: File; readonly stop: AbortController }
  | { readonly step: 'checked'; readonly file: File; readonly said: api.StatedStream; readonly check: api.FileCheck }
  | { readonly step: 'sending'; readonly file: File; readonly stop: AbortController }
  | {
      readonly step: 'refused'
      readonly file: File
      readonly said: api.StatedStream
      readonly code: string | null
      readonly detail: string
      readonly faults: LineFaults | null
      /** Whether another market or interval could help. */
      readonly isRead: boolean
    }
  | { readonly step: 'running'; readonly of: api.Import }
  | { readonly step: 'ended'; readonly of: api.Import }

export const flow = signal<Flow>({ step: 'idle' })
/** Files that come after the one at hand. */
export const waiting = signal<readonly File[]>([])
/** Since the server started, newest first. */
export const imports = signal<readonly api.Import[]>([])
/** Counts the imports that ended: what is shown of the streams is old then. */
export const changes = signal(0)

const askAgainMs = 1_000

/** Files that were dropped or chosen: the first is checked, the others wait. While one is at hand all wait. */
export function bring(files: readonly File[]): void {
  if (files.length === 0) return
  waiting.value = [...waiting.value, ...files]
  const { step } = flow.value
  if (step === 'idle' || step === 'ended' || step === 'refused') next()
}

/** Done with this file: on to the next, or back to the beginning. */
export function next(): void {
  const [file, ...rest] = waiting.value
  waiting.value = rest
  if (file) void check(file, {})
  else flow.value = { step: 'idle' }
}

export async function check(file: File, said: api.StatedStream): Promise<void> {
  const refusal = refusalOf(file) ?? (await unreadable(file))
  if (refusal !== null) {
    refuse(file, said, new ApiError(refusal, null), false)
    return
  }
  const stop = new AbortController()
  const mine: Flow = { step: 'checking', file, stop }
  flow.value = mine
  try {
    const found = await api.checkFile(file, said, stop.signal)
    if (flow.value === mine) flow.value = { step: 'checked', file, said, check: found }
  } catch (error) {
    if (flow.value === mine) refuse(file, said, error, true)
  }
}

export async function start(file: File, said: api.StatedStream): Promise<void> {
  const stop = new AbortController()
  const mine: Flow = { step: 'sending', file, stop }
  flow.value = mine
  try {
    follow(await api.startImport(file, said, stop.signal))
  } catch (error) {
    if (flow.value === mine) refuse(file, said, error, true)
  }
}

/** Of a file that is on its way; what the server has begun to take in is ended by `stop`. */
export function cancel(): void {
  const { value } = flow
  if (value.step === 'checking' || value.step === 'sending') value.stop.abort()
  next()
}

export async function stop({ id }: api.Import): Promise<void> {
  try {
    await api.stopImport(id)
  } catch {
    // It is asked for every second: whatever became of it shows.
  }
}

/** Reads what the server knows of imports, and follows the one under way. Returns how to stop. */
export function runImports(): () => void {
  void readImports()
  return onEvent<api.Import>('import', heard)
}

async function readImports(): Promise<void> {
  try {
    imports.value = await api.fetchImports()
    const running = imports.value.find(({ state }) => state === 'running')
    if (running && flow.value.step === 'idle') follow(running)
  } catch {
    // The list is a help, not a need: the room says by itself when the server is away.
  }
}

/** Asks beside the stream's events: without a market there is no stream yet. Ends with the import. */
function follow(of: api.Import): void {
  flow.value = { step: 'running', of }
  heard(of)
  const ask = () => {
    if (flow.value.step !== 'running' || flow.value.of.id !== of.id) return
    api.fetchImport(of.id).then(heard, gone)
    setTimeout(ask, askAgainMs)
  }
  const gone = (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'ERR_NOT_FOUND') return
    const endedAt = new Date().toISOString()
    heard({ ...of, state: 'failed', endedAt, error: { code: 'ERR_NOT_FOUND', detail: 'The server was started anew.' } })
  }
  setTimeout(ask, askAgainMs)
}

function heard(of: api.Import): void {
  const before = imports.value.find(({ id }) => id === of.id)
  const newest = newer(before, of)
  imports.value = before ? imports.value.map(one => (one.id === of.id ? newest : one)) : [newest, ...imports.value]
  const { value } = flow
  if (newest.state !== 'running' && before?.state !== newest.state) changes.value += 1
  if (value.step !== 'running' || value.of.id !== of.id) return
  flow.value = { step: newest.state === 'running' ? 'running' : 'ended', of: newest }
  if (newest.state === 'done' && waiting.value.length > 0) next()
}

/** Answers and events overtake each other. */
export function newer(before: api.Import | undefined, of: api.Import): api.Import {
  return before && (before.endedAt !== null || before.done > of.done) && of.endedAt === null ? before : of
}

function refuse(file: File, said: api.StatedStream, error: unknown, isRead: boolean): void {
  const { code, faults } = error instanceof ApiError ? error : { code: null, faults: null }
  flow.value = { step: 'refused', file, said, code, detail: messageOf(error), faults, isRead }
}

/** A folder looks like a file until it is read. */
async function unreadable(file: File): Promise<string | null> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return null
  } catch {
    return `${file.name} could not be read. A folder can’t be imported; bring the files in it.`
  }
}
