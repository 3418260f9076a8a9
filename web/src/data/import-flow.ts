import type { FileCheck, Import } from '@candlewatch/api/imports'
import type { LineFault } from '@candlewatch/api/problem'
import { signal } from '@preact/signals'
import { ApiError, ask, messageOf, soon } from '../api/ask.ts'
import { onEvent } from '../api/stream.ts'
import { fileRefusal } from './import-texts.ts'

/** The stream that the reader names for a file, where the file does not name it or names it wrongly. */
export interface FileStream {
  readonly market?: string
  readonly interval?: string
}

/** The first faults of a file, by line, and the number of all of them. */
export interface LineFaults {
  readonly first: readonly LineFault[]
  readonly count: number
}

/** Why a file was refused. */
export interface Refusal {
  readonly code: string | null
  readonly detail: string
  readonly faults: LineFaults | null
}

/** The step that the current file is at. */
export type Flow =
  | { readonly step: 'idle' }
  | { readonly step: 'checking'; readonly file: File; readonly stop: AbortController }
  | { readonly step: 'checked'; readonly file: File; readonly stream: FileStream; readonly check: FileCheck }
  | { readonly step: 'sending'; readonly file: File; readonly stop: AbortController }
  | {
      readonly step: 'refused'
      readonly file: File
      readonly stream: FileStream
      readonly refusal: Refusal
      /** True if the file was read, so that another market or interval could help. */
      readonly isRead: boolean
    }
  | { readonly step: 'running'; readonly job: Import }
  | { readonly step: 'ended'; readonly job: Import }

/** The current file and its step. */
export const flow = signal<Flow>({ step: 'idle' })
/** Files that follow the current one. */
export const waiting = signal<readonly File[]>([])
/** The imports since the server started, newest first. */
export const imports = signal<readonly Import[]>([])
/** Counts the imports that have ended; the coverage has changed then. */
export const changes = signal(0)

const askAgainMs = 1_000

/** Adds files that were dropped or chosen. The first is checked at once unless another one is being worked on. */
export function addFiles(files: readonly File[]): void {
  if (files.length === 0) return
  waiting.value = [...waiting.value, ...files]
  const { step } = flow.value
  if (step === 'idle' || step === 'ended' || step === 'refused') nextFile()
}

/** Leaves the current file for the next one, or returns to the start. */
export function nextFile(): void {
  const [file, ...rest] = waiting.value
  waiting.value = rest
  if (file) void checkFile(file, {})
  else flow.value = { step: 'idle' }
}

/** Sends a file to be checked; nothing is stored. */
export async function checkFile(file: File, stream: FileStream): Promise<void> {
  const reason = fileRefusal(file) ?? (await unreadable(file))
  if (reason !== null) {
    flow.value = { step: 'refused', file, stream, refusal: { code: null, detail: reason, faults: null }, isRead: false }
    return
  }
  const stop = new AbortController()
  const mine: Flow = { step: 'checking', file, stop }
  flow.value = mine
  try {
    const answer = await ask('POST /api/imports', { query: queryOf(file, stream, true), body: file }, stop)
    if (flow.value === mine && isCheck(answer)) flow.value = { step: 'checked', file, stream, check: answer }
  } catch (error) {
    if (flow.value === mine) flow.value = { step: 'refused', file, stream, refusal: refusalOf(error), isRead: true }
  }
}

/** Sends a file to be imported, and follows the import. */
export async function startImport(file: File, stream: FileStream): Promise<void> {
  const stop = new AbortController()
  const mine: Flow = { step: 'sending', file, stop }
  flow.value = mine
  try {
    const answer = await ask('POST /api/imports', { query: queryOf(file, stream, false), body: file }, stop)
    if (!isCheck(answer)) follow(answer)
  } catch (error) {
    if (flow.value === mine) flow.value = { step: 'refused', file, stream, refusal: refusalOf(error), isRead: true }
  }
}

const isCheck = (answer: FileCheck | Import): answer is FileCheck => 'fresh' in answer

// The server takes names of 200 characters, of which the end says the most.
const queryOf = (file: File, stream: FileStream, check: boolean) =>
  ({ ...stream, name: file.name.slice(-200), check: check ? 'true' : 'false' }) as const

/** Cancels a file that is being sent. An import that has begun is ended by `stopImport`. */
export function cancelFile(): void {
  const { value } = flow
  if (value.step === 'checking' || value.step === 'sending') value.stop.abort()
  nextFile()
}

/** Stops an import after the rows under way. */
export async function stopImport({ id }: Import): Promise<void> {
  try {
    await ask('DELETE /api/imports/:id', { params: { id } })
  } catch {
    // Its state is asked for every second and shows what became of it.
  }
}

/** Reads the list of imports and follows the one under way. Returns how to stop. */
export function runImports(): () => void {
  void readImports()
  return onEvent('import', receive)
}

async function readImports(): Promise<void> {
  try {
    imports.value = (await ask('GET /api/imports', {}, soon())).imports
    const running = imports.value.find(({ state }) => state === 'running')
    if (running && flow.value.step === 'idle') follow(running)
  } catch {
    // The room works without the list, and reports a lost server itself.
  }
}

/** Asks for the state of an import until it ends. The stream reports it too, but without a market there is no stream yet. */
function follow(job: Import): void {
  flow.value = { step: 'running', job }
  receive(job)
  const askAgain = () => {
    if (flow.value.step !== 'running' || flow.value.job.id !== job.id) return
    ask('GET /api/imports/:id', { params: { id: job.id } }, soon()).then(receive, handleGone)
    setTimeout(askAgain, askAgainMs)
  }
  const handleGone = (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'ERR_NOT_FOUND') return
    const endedAt = new Date().toISOString()
    receive({ ...job, state: 'failed', endedAt, error: { code: 'ERR_NOT_FOUND', detail: 'The server was restarted.' } })
  }
  setTimeout(askAgain, askAgainMs)
}

function receive(job: Import): void {
  const before = imports.value.find(({ id }) => id === job.id)
  const newest = newer(before, job)
  imports.value = before ? imports.value.map(one => (one.id === job.id ? newest : one)) : [newest, ...imports.value]
  const { value } = flow
  if (newest.state !== 'running' && before?.state !== newest.state) changes.value += 1
  if (value.step !== 'running' || value.job.id !== job.id) return
  flow.value = { step: newest.state === 'running' ? 'running' : 'ended', job: newest }
  if (newest.state === 'done' && waiting.value.length > 0) nextFile()
}

/** The later of two states of an import: answers and events overtake each other. */
export function newer(before: Import | undefined, job: Import): Import {
  return before && (before.endedAt !== null || before.done > job.done) && job.endedAt === null ? before : job
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError)) return { code: null, detail: messageOf(error), faults: null }
  const { code, faults: first, message: detail, problem } = error
  return { code, detail, faults: first.length > 0 ? { first, count: problem?.errorCount ?? first.length } : null }
}

/** The reason why a file cannot be read; null if it can. A folder looks like a file until it is read. */
async function unreadable(file: File): Promise<string | null> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return null
  } catch {
    return `${file.name} could not be read. A folder can’t be imported; choose the files in it.`
  }
}
