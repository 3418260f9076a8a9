import { CandlewatchError } from '@candlewatch/core/errors'
import { type Request, Router } from 'express'
import { handle } from '../http/handle.ts'
import { callerOf, callerOfKey, cookieName, sessionOf } from './auth.ts'
import type { Keys } from './keys.ts'
import type { FailedLogins } from './rate-limits.ts'

/**
 * `/api/session`: how a browser shows a key, since its EventSource sends no header of ours. The cookie holds a token of the
 * session's own, never the key; no script can read it (HttpOnly) and no other site's page can send it (SameSite=Strict).
 */
export function session(keys: Keys | null, failures: FailedLogins): Router {
  const router = Router()
  handle(router, 'GET /api/session', async (_given, { request, response }) => {
    const caller = keys && (await callerOf(request, response, keys, failures))
    response.set('Cache-Control', 'no-store')
    return { keyRequired: keys !== null, name: caller?.name ?? null, scope: caller?.scope ?? null }
  })
  handle(router, 'POST /api/session', async ({ body }, { request, response }) => {
    if (keys === null) {
      throw new CandlewatchError('ERR_NOT_FOUND', 'This server requires no key: there is nothing to sign in to.')
    }
    const caller = await callerOfKey(body.key.trim(), request, response, keys, failures)
    const { token, lastsMs } = await keys.openSession(caller)
    response.cookie(cookieName, token, { ...cookie(request), maxAge: lastsMs }).set('Cache-Control', 'no-store')
    return { keyRequired: true, name: caller.name, scope: caller.scope }
  })
  handle(router, 'DELETE /api/session', async (_given, { request, response }) => {
    const token = sessionOf(request)
    if (keys && token !== null) await keys.endSession(token)
    response.clearCookie(cookieName, cookie(request))
  })
  return router
}

/** Over plain HTTP the cookie cannot be Secure; over TLS, or a trusted proxy that speaks it, it is. */
function cookie(request: Request) {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' } as const
}
