import { vi } from 'vitest'

/** A call that the page made. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

type Answer = unknown | ((call: Call) => unknown)

/** An answer that refuses a call, as the server does. */
export class Refusal {
  readonly status: number
  readonly problem: object
  constructor(
    status: number,
    problem: { readonly code: string; readonly detail: string; readonly [field: string]: unknown },
  ) {
    this.status = status
    this.problem = problem
  }
}

/**
 * Stands in for the server: `answers` are keyed `METHOD /path`. Returns the calls that were made. A call without an answer fails
 * the test.
 */
export function stubServer(answers: Readonly<Record<string, Answer>>): readonly Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'http://localhost')
    const call: Call = {
      method: init.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
    }
    calls.push(call)
    const name = `${call.method} ${call.path}`
    if (!(name in answers)) throw new Error(`No answer for ${name}`)
    const answer = answers[name]
    const value = typeof answer === 'function' ? answer(call) : answer
    if (value instanceof Refusal) return respond(value.status, value.problem, 'application/problem+json')
    return respond(200, value, 'application/json')
  })
  return calls
}

function respond(status: number, value: unknown, type: string): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': type } })
}
