import { z } from 'zod'
import { route, routesByName, type Wire } from './route.ts'

const keyText = { error: () => 'Expected the text of an API key.' }

/** The session of a browser. */
export const session = z
  .object({
    keyRequired: z.boolean(),
    name: z.string().nullable().meta({ description: 'The name of the key that signed in; null when none did.' }),
    scope: z.enum(['read', 'ingest', 'admin']).meta({ id: 'KeyScope' }).nullable(),
  })
  .meta({ id: 'Session' })
/** The session of a browser, as clients read it. */
export type Session = Wire<typeof session>

/** The routes for sessions. */
export const sessionRoutes = routesByName(
  route({
    id: 'getSession',
    method: 'GET',
    path: '/api/session',
    scope: null,
    summary: 'Show whether a key is required and which one signed in',
    answer: session,
    problems: ['ERR_KEY_INVALID'],
  }),
  route({
    id: 'openSession',
    method: 'POST',
    path: '/api/session',
    scope: null,
    summary: 'Sign a browser in with an API key',
    description: 'The answer sets a cookie that lasts a week.',
    body: z
      .object({ key: z.string(keyText).max(200, keyText) }, { error: () => 'Expected an object with key.' })
      .meta({ id: 'SessionInput' }),
    answer: session,
    problems: ['ERR_KEY_INVALID', 'ERR_ORIGIN_REFUSED', 'ERR_NOT_FOUND'],
  }),
  route({
    id: 'closeSession',
    method: 'DELETE',
    path: '/api/session',
    scope: null,
    summary: 'Sign out',
    answer: z.undefined(),
    status: 204,
    problems: ['ERR_ORIGIN_REFUSED'],
  }),
)
