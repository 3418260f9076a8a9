/** What the server says when it refuses: RFC 9457. */
export class ApiError extends Error {
  readonly code: string | null
  /** Of a file that was refused. */
  readonly faults: LineFaults | null
  constructor(message: string, code: string | null, faults: LineFaults | null = null) {
    super(message)
    this.code = code
    this.faults = faults
  }
}

/** The first faults of a file, by line, and how many there are. */
export interface LineFaults {
  readonly first: readonly LineFault[]
  readonly count: number
}

export interface LineFault {
  readonly line: number
  /** null when it is the line as a whole. */
  readonly column: string | null
  readonly expected: string
  readonly found: string
}

export interface Query {
  readonly market: string
  readonly interval: string
  readonly from?: string
  readonly to?: string
  readonly limit?: number
  readonly cursor?: string
}

/** An answer this late is none: the page says within 5 s that nobody is there. */
export const patienceMs = 4_000

export const jsonHeaders = { 'content-type': 'application/json' }

export function parameters(query: Query): URLSearchParams {
  return new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
}

export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new ApiError(`The server does not answer (${cause instanceof Error ? cause.message : cause}).`, null)
  })
  if (response.ok) return response.json()
  const problem = await response.json().catch(() => null)
  throw new ApiError(
    problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`,
    problem?.code ?? null,
    problem?.errors ? { first: problem.errors, count: problem.errorCount } : null,
  )
}

/** An error, whatever was thrown, as a sentence for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Page after page, until there is no cursor to the next. */
export async function* pages<T extends { readonly nextCursor: string | null }>(
  page: (cursor: { readonly cursor?: string }) => Promise<T>,
): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: T = await page(cursor ? { cursor } : {})
    yield answer
    cursor = answer.nextCursor
  }
}
