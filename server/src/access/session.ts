import { CandlewatchError } from '@candlewatch/core/errors'
import { type Request, Router } from 'express'
import { handle } from '../http/handle.ts'
import { callerOf, callerOfKey, cookieName, sessionOf } from './auth.ts'
import type { Keys } from './keys.ts'
import type { FailedLogins } from './rate-limits.ts'

/**
 * `/api/session`: signs a browser in with a key, since its EventSource cannot send headers. The cookie holds a token of the
 * session, never the key; scripts cannot read it (HttpOnly) and pages of other sites cannot send it (SameSite=Strict).
 */
export function session(keys: Keys | null, failures: FailedLogins): Router {
  const router = Router()
  handle(router, 'GET /api/session', async (_given, { request, response }) => {
    const caller = keys && (await callerOf(request, response, keys, failures))
    return { keyRequired: keys !== null, name: caller?.name ?? null, scope: caller?.scope ?? null }
  })
  handle(router, 'POST /api/session', async ({ body }, { request, response }) => {
    if (keys === null) {
      throw new CandlewatchError(
        'ERR_NOT_FOUND',
        'Expected a server that requires keys; this one does not. Call the API without signing in.',
      )
    }
    const caller = await callerOfKey(body.key.trim(), request, response, keys, failures)
    const { token, lastsMs } = await keys.openSession(caller)
    response.cookie(cookieName(request), token, { ...cookie(request), maxAge: lastsMs })
    return { keyRequired: true, name: caller.name, scope: caller.scope }
  })
  handle(router, 'DELETE /api/session', async (_given, { request, response }) => {
    const token = sessionOf(request)
    if (keys && token !== null) await keys.endSession(token)
    response.clearCookie(cookieName(request), cookie(request))
  })
  return router
}

/** The cookie's options. It is Secure over TLS or behind a trusted proxy that uses TLS; over plain HTTP it cannot be. */
function cookie(request: Request) {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' } as const
}
