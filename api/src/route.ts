import type { z } from 'zod'
import type { ErrorCode } from './values/errors.ts'

/** An HTTP method of the API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The rights of an API key: `ingest` includes `read`, `admin` includes both. null: no key is required. */
export type Scope = 'read' | 'ingest' | 'admin' | null

/** One call of the HTTP API: what the server checks and answers, what clients send, what /openapi.json shows. */
export interface Route {
  /** The name of the call in generated clients: `getBars`. */
  readonly id: string
  readonly method: Method
  /** Express style: `/api/imports/:id`. */
  readonly path: `/${string}`
  readonly scope: Scope
  /** The call in a few words, for lists. */
  readonly summary: string
  readonly description?: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** The media type of the body; JSON unless set. */
  readonly bodyType?: 'text/csv'
  /** The largest JSON body; 16 KiB unless set. */
  readonly maxBodyBytes?: number
  /** The error code for a body that does not fit its schema; ERR_BODY_SHAPE unless set. */
  readonly bodyError?: ErrorCode
  /** The handler checks the body itself, by parts of the schema: its messages name the row at fault. */
  readonly bodyCheckedByHandler?: true
  readonly answer: z.ZodType
  /** The media type of the answer; JSON unless set. */
  readonly answerType?: 'text/csv' | 'text/plain' | 'text/event-stream'
  /** Another media type that a client can ask for with `Accept`. */
  readonly otherAnswerType?: 'text/csv'
  /** The HTTP status of a successful answer; 200 unless set. */
  readonly status?: number
  /** Further statuses, and the answers that come with them. */
  readonly otherAnswers?: Readonly<Record<number, z.ZodType>>
  /** The errors that this call can answer beyond those of every call. */
  readonly problems?: readonly ErrorCode[]
}

/** Checks the shape of a route and keeps its exact type. */
export const route = <const R extends Route>(definition: R): R => definition

/** The name of a route: `GET /api/bars`. */
export type NameOf<R extends Route> = `${R['method']} ${R['path']}`

type ByName<Rs extends readonly Route[]> = { readonly [R in Rs[number] as NameOf<R>]: R }

/** The routes of a resource by their names, in the order given. */
export function routesByName<const Rs extends readonly Route[]>(...routes: Rs): ByName<Rs> {
  return Object.fromEntries(routes.map(one => [`${one.method} ${one.path}`, one])) as ByName<Rs>
}

/** A value that cannot be changed, at any depth: what was received is not edited. */
export type DeepReadonly<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [K in keyof T]: DeepReadonly<T[K]> }

/** The type of what a schema describes. */
export type Wire<S extends z.ZodType> = DeepReadonly<z.output<S>>

/** The type that a client sends for a schema. A file is sent as it is. */
type Sent<S, Type> = Type extends 'text/csv'
  ? string | Blob | ArrayBufferView<ArrayBuffer>
  : S extends z.ZodType
    ? DeepReadonly<z.input<S>>
    : undefined
type Received<S> = S extends z.ZodType ? DeepReadonly<z.output<S>> : undefined

/** The parameters in a path: `{ id: string }` for `/api/imports/:id`. */
export type Params<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [K in Name]: string } & Params<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? { readonly [K in Name]: string }
    : Readonly<Record<never, never>>

/** The checked query, body and path parameters that a handler receives. */
export interface Given<R extends Route> {
  readonly query: Received<R['query']>
  readonly body: R extends { readonly bodyCheckedByHandler: true } | { readonly bodyType: string }
    ? unknown
    : Received<R['body']>
  readonly params: Params<R['path']>
}

type Others<R extends Route> =
  R['otherAnswers'] extends Readonly<Record<number, infer S>> ? (S extends z.ZodType ? Wire<S> : never) : never

/** The answer that a handler returns and a client receives. */
export type Answer<R extends Route> = Wire<R['answer']> | Others<R>

type Part<Name extends string, T> = T extends undefined
  ? unknown
  : Partial<T> extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T }

/** The parts that a client sends. A part without a required field can be left out. */
export type Asked<R extends Route> = Part<
  'query',
  R['query'] extends z.ZodType ? DeepReadonly<z.input<R['query']>> : undefined
> &
  (R['body'] extends z.ZodType ? { readonly body: Sent<R['body'], R['bodyType']> } : unknown) &
  (keyof Params<R['path']> extends never ? unknown : { readonly params: Params<R['path']> })
