import type { LineFault, Problem } from './problem.ts'
import type { AnswerOf, AskedOf, RouteName } from './routes.ts'

/** The options of a call. */
export interface AskOptions {
  /** Where the server is: `http://localhost:3000`. Empty for the page's own server. */
  readonly url?: string
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The global fetch unless given. */
  readonly fetch?: (address: string, init: RequestInit) => Promise<Response>
}

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

type Arguments<Name extends RouteName> =
  Partial<AskedOf<Name>> extends AskedOf<Name>
    ? [asked?: AskedOf<Name>, options?: CallOptions]
    : [asked: AskedOf<Name>, options?: CallOptions]

/** Calls a route by its name and resolves to its answer. Rejects with ApiError. */
export type Ask = <Name extends RouteName>(name: Name, ...args: Arguments<Name>) => Promise<AnswerOf<Name>>

/** A call without an answer that can be used: the server refused it, failed, or did not answer. */
export class ApiError extends Error {
  /** The HTTP status; null when the server did not answer. */
  readonly status: number | null
  /** The problem in the answer; null if it has none, for example a proxy's error page. */
  readonly problem: Problem | null
  /** How long the server asks to wait before the next try; null when it says nothing about that. */
  readonly retryAfterMs: number | null

  constructor(
    message: string,
    {
      status,
      problem,
      retryAfterMs,
      cause,
    }: Partial<Pick<ApiError, 'status' | 'problem' | 'retryAfterMs' | 'cause'>> = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.status = status ?? null
    this.problem = problem ?? null
    this.retryAfterMs = retryAfterMs ?? null
  }

  get code(): Problem['code'] | null {
    return this.problem?.code ?? null
  }

  /** The first faults of a file that was refused; empty otherwise. */
  get faults(): readonly LineFault[] {
    return this.problem?.errors ?? []
  }
}

/**
 * Makes the function that calls the API. Its arguments and answers are typed by the contract; no schema is loaded.
 *
 * @example
 * const ask = makeAsk({ url: 'http://localhost:3000', headers: { authorization: `Bearer ${key}` } })
 * const { bars } = await ask('GET /api/bars', { query: { market: 'bitstamp:BTC-USD', limit: 100 } })
 * await ask('PATCH /api/replays/:id', { params: { id }, body: { state: 'paused' } }, { signal })
 * await ask('POST /api/imports', { query: { name: file.name }, body: file }) // a CSV file is sent as it is
 */
export function makeAsk({ url = '', headers = {}, fetch = globalThis.fetch }: AskOptions = {}): Ask {
  return async <Name extends RouteName>(name: Name, ...[asked, options]: Arguments<Name>) => {
    const { path, init } = requestOf(name, asked as AnyAsked | undefined)
    try {
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { ...headers, ...init.headers },
        ...(options?.signal && { signal: options.signal }),
      })
      if (!response.ok) throw await errorOf(response)
      return (await contentOf(response)) as AnswerOf<Name>
    } catch (cause) {
      // Also an answer that was cut off.
      if (cause instanceof ApiError) throw cause
      throw new ApiError(`The server does not answer (${cause instanceof Error ? cause.message : cause}).`, { cause })
    }
  }
}

/** The parts that any route may be asked with. */
interface AnyAsked {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** The address of a call: `/api/models/fake%401/trial`. Parts of a query that are undefined are left out. */
export function addressOf<Name extends RouteName>(name: Name, ...[asked]: Arguments<Name>): string {
  return requestOf(name, asked as AnyAsked | undefined).path
}

function requestOf(name: RouteName, asked: AnyAsked = {}) {
  const [method = '', pattern = ''] = name.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_, param: string) => encodeURIComponent(asked.params?.[param] ?? ''))
  const given = Object.entries(asked.query ?? {}).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([field, value]) => [field, String(value)])).toString()
  return { path: query === '' ? path : `${path}?${query}`, init: { method, ...contentFor(asked.body) } }
}

/** A plain object or array is sent as JSON, anything else as a file. */
function contentFor(body: unknown): { readonly headers?: Readonly<Record<string, string>>; readonly body?: BodyInit } {
  if (body === undefined) return {}
  const isJson = Array.isArray(body) || Object.getPrototypeOf(body) === Object.prototype
  if (isJson) return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return { headers: { 'content-type': 'text/csv' }, body: body as BodyInit }
}

async function contentOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  return isJsonType(response) ? response.json() : response.text()
}

const isJsonType = (response: Response) =>
  /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '')

async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response
  const problem = isJsonType(response) ? ((await response.json().catch(() => null)) as Problem | null) : null
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : null
  const message = problem?.detail ?? problem?.title ?? `The server answered ${status}.`
  return new ApiError(message, { status, problem, retryAfterMs })
}
