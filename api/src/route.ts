import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What an API key may do: `ingest` includes `read`, `admin` includes both. null: no key is asked for. */
export type Scope = 'read' | 'ingest' | 'admin' | null

/** One call of the HTTP API: what the server checks and answers, what clients send, what /openapi.json shows. */
export interface Route {
  readonly method: Method
  /** Express style: `/api/imports/:id`. */
  readonly path: `/${string}`
  readonly scope: Scope
  readonly summary: string
  readonly description?: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** The HTTP status of a successful answer; 200 unless set. */
  readonly status?: number
}

/** Checks a route's shape and keeps its exact type. */
export const route = <const R extends Route>(definition: R): R => definition

type In<S> = S extends z.ZodType ? z.input<S> : undefined
type Out<S> = S extends z.ZodType ? z.output<S> : undefined

/** The parameters in a path: `{ id: string }` for `/api/imports/:id`. */
export type Params<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [K in Name]: string } & Params<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? { readonly [K in Name]: string }
    : unknown

/** What a handler gets: query, body and path parameters, checked. */
export interface Given<R extends Route> {
  readonly query: Out<R['query']>
  readonly body: Out<R['body']>
  readonly params: Params<R['path']>
}

/** What a handler returns and a client receives. */
export type Answer<R extends Route> = z.output<R['answer']>

/** What a client sends. */
export interface Asked<R extends Route> {
  readonly query?: In<R['query']>
  readonly body?: In<R['body']>
  readonly params?: Params<R['path']>
}
