import type { Readable } from 'node:stream'
import type { Route } from '@candlewatch/api/route'
import { type AnswerOf, type GivenOf, type RouteName, routes } from '@candlewatch/api/routes'
import { maxSmallBodyBytes } from '@candlewatch/api/values/limits'
import type { Request, RequestHandler, Response, Router } from 'express'
import { csvBody } from './csv-body.ts'
import { jsonBody } from './json-body.ts'
import { jsonText } from './json-text.ts'
import { parsed } from './problem.ts'

type RouteOf<Name extends RouteName> = (typeof routes)[Name]

/** The checked query, body and path parameters that a handler receives; a file is a stream of bytes. */
export type Given<Name extends RouteName> =
  RouteOf<Name> extends { readonly bodyType: 'text/csv' }
    ? Omit<GivenOf<Name>, 'body'> & { readonly body: Readable }
    : GivenOf<Name>

/** The result of a handler. One whose answer is not JSON can write it to the response instead, and return nothing. */
type Answered<Name extends RouteName> =
  RouteOf<Name> extends
    | { readonly answerType: string }
    | { readonly otherAnswerType: string }
    | { readonly status: 204 }
    ? AnswerOf<Name> | Promise<AnswerOf<Name> | undefined> | Promise<void>
    : AnswerOf<Name> | Promise<AnswerOf<Name>>

/** The request and the response, for headers and statuses that differ from call to call. */
export interface Exchange {
  readonly request: Request
  readonly response: Response
}

/** The function that answers a route. */
export type Handler<Name extends RouteName> = (given: Given<Name>, exchange: Exchange) => Answered<Name>

/**
 * Registers a route of the contract with its handler. The body's type and size, its fields, the query and the path are
 * checked before the handler is called; what it returns is sent with the status and media type of the route.
 *
 * @example
 * handle(router, 'POST /api/labels', async ({ body }) => saveLabel(body))
 */
export function handle<Name extends RouteName>(router: Router, name: Name, run: Handler<Name>): void {
  const route: Route = routes[name]
  const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'
  router[method](route.path, ...bodyReaders(route), async (request, response) => {
    const file = route.bodyType === 'text/csv' ? () => csvBody(request) : null
    const query = route.query && parsed(route.query, request.query, 'ERR_QUERY_INVALID')
    const body = file ? file() : bodyOf(route, request)
    response.status(route.status ?? 200)
    try {
      const given = { query, body, params: request.params } as Given<Name>
      await send(route, response, await run(given, { request, response }))
    } finally {
      if (file) (body as Readable).destroy()
    }
  })
}

function bodyReaders(route: Route): RequestHandler[] {
  return route.body && route.bodyType === undefined ? [jsonBody(route.maxBodyBytes ?? maxSmallBodyBytes)] : []
}

function bodyOf(route: Route, request: Request): unknown {
  if (!route.body || route.bodyCheckedByHandler) return request.body
  return parsed(route.body, request.body, route.bodyError ?? 'ERR_BODY_SHAPE')
}

async function send(route: Route, response: Response, answer: unknown): Promise<void> {
  // The handler has written the answer itself.
  if (response.headersSent || response.destroyed) return
  if (answer === undefined) response.end()
  else if (route.answerType === undefined) response.type('json').send(await jsonText(answer))
  else {
    if (response.get('Content-Type') === undefined) response.type(route.answerType)
    response.send(answer)
  }
}
