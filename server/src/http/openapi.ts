import { streamEvents } from '@candlewatch/api/events'
import { errorsOf, problem } from '@candlewatch/api/problem'
import type { Route } from '@candlewatch/api/route'
import { resources } from '@candlewatch/api/routes'
import { type ErrorCode, errorCodes } from '@candlewatch/api/values/errors'
import { type RequestHandler, Router } from 'express'
import { serve, setup } from 'swagger-ui-express'
import { z } from 'zod'
import { version } from '../platform/version.ts'

type Json = Record<string, unknown>

/** The document is made once, since the contract does not change. */
let document: Json | undefined

/** `/openapi.json`, derived from the routes of the contract, and `/docs`, which shows it. */
export function openapi(): Router {
  document ??= describe()
  return Router()
    .get('/openapi.json', (_request, response) => {
      response.json(document)
    })
    .use('/docs', inlineStyles, serve, setup({ ...document }, { customSiteTitle: 'Candlewatch API' }))
}

/** Allows inline styles for Swagger UI alone. */
const inlineStyles: RequestHandler = (_request, response, next) => {
  const policy = String(response.get('Content-Security-Policy'))
  response.set('Content-Security-Policy', policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))
  next()
}

/** The document of all routes: OpenAPI 3.1. */
export function describe(): Json {
  const components = makeComponents()
  const paths: Record<string, Json> = {}
  for (const [tag, routes] of Object.entries<Readonly<Record<string, Route>>>(resources)) {
    for (const route of Object.values(routes)) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(tag, route, components) }
    }
  }
  components.add(streamEvent, 'output')
  return {
    openapi: '3.1.0',
    info: {
      title: 'Candlewatch',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Judges each closed candle by a forecast that was made before it: normal, anomaly, or feed fault.',
    },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    tags: Object.keys(resources).map(name => ({ name })),
    paths,
    components: { schemas: components.schemas, securitySchemes },
  }
}

const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'cw_<id>_<secret>',
    description:
      'An API key of scope read, ingest or admin, each including the one before it. Required unless the server listens on a loopback address only.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'cw_session',
    description:
      'The session of a browser that signed in with POST /api/session. Over HTTPS its name is __Host-cw_session.',
  },
}

/** The schema of an event of GET /api/stream. OpenAPI can describe it only among the schemas. */
const streamEvent = z
  .union(
    Object.entries(streamEvents).map(([event, data]) =>
      z.object({ event: z.literal(event), data }).meta({ id: `${event[0]?.toUpperCase()}${event.slice(1)}Event` }),
    ),
  )
  .meta({ id: 'StreamEvent', description: 'An event of GET /api/stream: its name, and its data as JSON.' })

interface Components {
  readonly schemas: Record<string, Json>
  /** The JSON schema of what is sent (`input`) or answered (`output`). Its named parts become components. */
  add(schema: z.ZodType, io: 'input' | 'output'): Json
}

function makeComponents(): Components {
  const schemas: Record<string, Json> = {}
  return {
    schemas,
    add(schema, io) {
      // Within another schema, every named one is a definition of its own.
      const { $defs = {}, properties } = z.toJSONSchema(z.object({ schema }), { io, override: forClients })
      for (const [name, found] of Object.entries($defs)) keep(name, found as Json)
      return withReferences(properties?.schema as Json)
    },
  }

  function keep(name: string, found: Json): void {
    const { id: _, ...schema } = withReferences(found)
    const before = schemas[name]
    if (before && JSON.stringify(before) !== JSON.stringify(schema)) {
      throw new Error(`Expected one schema of the name ${name}, found two.`)
    }
    schemas[name] = schema
  }
}

/** Allows more properties, so that fields can be added later, and removes readOnly, which means nothing to a client. */
function forClients({ jsonSchema }: { readonly jsonSchema: Json }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
  delete jsonSchema.readOnly
  const properties = (jsonSchema.properties ?? {}) as Record<string, Json>
  for (const [name, property] of Object.entries(properties)) if (property.undocumented) delete properties[name]
}

function withReferences(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
}

function operation(tag: string, route: Route, components: Components): Json {
  const { id, summary, description, scope } = route
  const parameters = [...pathParameters(route), ...queryParameters(route, components)]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: true,
        content: { [route.bodyType ?? 'application/json']: { schema: components.add(route.body, 'input') } },
      },
    }),
    security: scope === null ? [] : [{ key: [scope] }, { session: [scope] }],
    responses: { ...answersOf(route, components), ...problemsOf(route, components) },
  }
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Route, components: Components): Json[] {
  if (!query) return []
  const { properties = {}, required = [] } = components.add(query, 'input') as {
    readonly properties?: Record<string, Json>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema,
  }))
}

function answersOf(route: Route, components: Components): Json {
  const { status = 200, answer, answerType, otherAnswerType, otherAnswers = {} } = route
  const contentOf = (schema: z.ZodType) => ({
    [answerType ?? 'application/json']: { schema: components.add(schema, 'output') },
    ...(otherAnswerType && { [otherAnswerType]: { schema: { type: 'string' } } }),
  })
  const answers = [[status, answer], ...Object.entries(otherAnswers)] as const
  return Object.fromEntries(
    answers.map(([code, schema]) => [
      code,
      { description: titles[Number(code)] ?? 'OK', ...(Number(code) !== 204 && { content: contentOf(schema) }) },
    ]),
  )
}

const titles: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  503: 'Unavailable',
}

/** The errors that a route can answer, by their HTTP status. */
function problemsOf(route: Route, components: Components): Json {
  const schema = components.add(problem, 'output')
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of errorsOf(route)) {
    const { status } = errorCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  // Before a request is read: one that does not arrive in time, and headers that are too long.
  for (const status of [408, 431]) byStatus.set(status, ['ERR_REQUEST_INVALID'])
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map(code => `${code}: ${errorCodes[code].text}`).join('\n\n'),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  )
}
