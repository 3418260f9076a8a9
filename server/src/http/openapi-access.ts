import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi'
import { cookieName } from '../access/auth.ts'
import { scopeOf } from '../access/scopes.ts'

type Answer = NonNullable<RouteConfig['responses'][number]>

export function describeKeys(registry: OpenAPIRegistry): void {
  registry.registerComponent('securitySchemes', 'key', {
    ...{ type: 'http', scheme: 'bearer', bearerFormat: 'cw_<id>_<secret>' },
    description:
      'An API key of scope read, ingest or admin, each including the one before it. Asked for unless the server listens on a loopback alone.',
  })
  registry.registerComponent('securitySchemes', 'session', {
    ...{ type: 'apiKey', in: 'cookie', name: cookieName },
    description: 'Of a browser that signed in by POST /api/session.',
  })
}

/** The call with what it asks of a key, by the table that the requests are checked by. */
export function withAccess(call: RouteConfig, problem: (description: string) => Answer): RouteConfig {
  const scope = scopeOf(call.method.toUpperCase(), call.path)
  const tooMany = { 429: problem('More than one key or address may ask: Retry-After says when to come again.') }
  if (scope === null) return { ...call, security: [], responses: { ...call.responses, ...tooMany } }
  return {
    ...call,
    security: [{ key: [scope] }, { session: [scope] }],
    responses: {
      ...call.responses,
      401: problem('No key, or one that is unknown, wrong or revoked.'),
      403: problem(`A key that is not of scope ${scope}, or the page of another site.`),
      ...tooMany,
    },
  }
}
