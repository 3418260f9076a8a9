import { ask, patienceMs } from './ask.ts'

export interface Gap {
  /** Opens: of the first bar that is missing, and of the first after. */
  readonly from: string
  readonly to: string
  readonly missing: number
}

/** What there is within one width of time. */
export interface Stretch {
  readonly date: string
  readonly expected: number
  readonly bars: number
  /** Rows that were imported and never judged. */
  readonly imported: number
  readonly anomalies: number
  readonly faults: number
}

/** One of `GET /api/coverage`. */
export interface Coverage {
  readonly market: string
  readonly interval: string
  readonly bars: number
  readonly first: string | null
  readonly last: string | null
  readonly missing: number
  readonly gaps: readonly Gap[]
  readonly moreGaps: boolean
  readonly imported: { readonly rows: number; readonly first: string; readonly last: string } | null
  readonly width: string
  readonly stretches: readonly Stretch[]
}

/** What is in a file, and what an import would make of it. */
export interface FileCheck {
  readonly name: string
  readonly market: string
  readonly interval: string
  readonly rows: number
  readonly repeated: number
  readonly first: string
  readonly last: string
  readonly fresh: number
  readonly known: number
  readonly late: number
  readonly replaced: number
  readonly missing: number
  readonly gapCount: number
}

export interface Import {
  readonly id: string
  readonly name: string
  readonly market: string
  readonly interval: string
  readonly state: 'running' | 'done' | 'failed' | 'stopped'
  readonly rows: number
  readonly done: number
  readonly judged: number
  readonly known: number
  readonly late: number
  readonly first: string
  readonly last: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: { readonly code: string; readonly detail: string } | null
}

/** What the file does not say by itself, or says wrong. */
export interface StatedStream {
  readonly market?: string
  readonly interval?: string
}

export async function fetchCoverage(): Promise<{
  readonly coverage: readonly Coverage[]
  readonly moreStreams: boolean
}> {
  return ask('/api/coverage?points=400')
}

export function checkFile(file: File, said: StatedStream, stop: AbortSignal): Promise<FileCheck> {
  return ask(`/api/imports?${queryOf(file, said)}&check=true`, { ...posting(file), signal: stop })
}

export function startImport(file: File, said: StatedStream, stop: AbortSignal): Promise<Import> {
  return ask(`/api/imports?${queryOf(file, said)}`, { ...posting(file), signal: stop })
}

/** Newest first. */
export async function fetchImports(): Promise<readonly Import[]> {
  return (await ask<{ imports: Import[] }>('/api/imports', { signal: AbortSignal.timeout(patienceMs) })).imports
}

export function fetchImport(id: string): Promise<Import> {
  return ask(`/api/imports/${encodeURIComponent(id)}`, { signal: AbortSignal.timeout(patienceMs) })
}

export function stopImport(id: string): Promise<Import> {
  return ask(`/api/imports/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

const posting = (file: File) => ({ method: 'POST', headers: { 'content-type': 'text/csv' }, body: file })

// The server takes names of 200 characters, of which the end says the most.
const queryOf = (file: File, said: StatedStream) => new URLSearchParams({ name: file.name.slice(-200), ...said })
