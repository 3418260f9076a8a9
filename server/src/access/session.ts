import { CandlewatchError } from '@candlewatch/core/errors'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import { callerOf, callerOfKey, cookieName, sessionOf } from './auth.ts'
import type { Keys } from './keys.ts'
import type { FailedLogins } from './rate-limits.ts'

export const sessionInput = z.object(
  { key: z.string({ error: () => 'Expected the text of an API key.' }).max(200, 'Expected the text of an API key.') },
  { error: () => 'Expected an object with key.' },
)
/** Of the key that signed in; null when none did. */
export const sessionAnswer = z.object({
  keyRequired: z.boolean(),
  name: z.string().nullable(),
  scope: z.enum(['read', 'ingest', 'admin']).nullable(),
})

/**
 * `/api/session`: how a browser shows a key, since its EventSource sends no header of ours. The cookie holds a token of the
 * session's own, never the key; no script can read it (HttpOnly) and no other site's page can send it (SameSite=Strict).
 */
export function session(keys: Keys | null, failures: FailedLogins): Router {
  return Router()
    .get('/api/session', async (request, response) => {
      const caller = keys && (await callerOf(request, response, keys, failures))
      const { name = null, scope = null } = caller ?? {}
      response.set('Cache-Control', 'no-store').json({ keyRequired: keys !== null, name, scope })
    })
    .post('/api/session', jsonBody('16kb'), async (request, response) => {
      if (keys === null)
        throw new CandlewatchError('ERR_NOT_FOUND', 'This server asks no key: there is nothing to sign in to.')
      const { key } = parsed(sessionInput, request.body, 'ERR_BODY_SHAPE')
      const caller = await callerOfKey(key.trim(), request, response, keys, failures)
      const { token, lastsMs } = await keys.openSession(caller)
      response.cookie(cookieName, token, { ...cookie(request), maxAge: lastsMs })
      response.set('Cache-Control', 'no-store').json({ keyRequired: true, name: caller.name, scope: caller.scope })
    })
    .delete('/api/session', async (request: Request, response: Response) => {
      const token = sessionOf(request)
      if (keys && token !== null) await keys.endSession(token)
      response.clearCookie(cookieName, cookie(request)).sendStatus(204)
    })
}

/** Over plain HTTP the cookie cannot be Secure; over TLS, or a trusted proxy that speaks it, it is. */
function cookie(request: Request) {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' } as const
}
